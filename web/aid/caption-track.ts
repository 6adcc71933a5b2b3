import type { CaptionMessage } from '../../protocol/speech.ts';

/** One caption as it stands at a moment. */
export interface ShownCaption {
  readonly key: string;
  readonly name: string;
  readonly participantId: string;
  readonly text: string;
  readonly language: string | undefined;
  /** Characters of `text` that have been, or are being, spoken. */
  readonly spoken: number;
  /** The word being spoken: characters from, and up to. */
  readonly word: readonly [from: number, to: number] | undefined;
  readonly done: boolean;
}

interface Entry {
  readonly message: CaptionMessage;
  /** By the page's clock. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Where the browser does not say what it plays now: sound leaves the server, crosses the network and waits in the
 * browser's jitter buffer, which also holds it for the picture; 100 ms when all is calm, 400 ms on a machine at its limits.
 */
export const PLAYOUT_MS = 250;
/** A caption stays readable for so long after its last word. */
const LINGER_MS = 2500;

/** Everyone's captions on one clock: takes messages, tells what to show when. */
export class CaptionTrack {
  readonly #entries = new Map<string, Entry>();
  /** By participant: the page's clock less the NTP time of what is heard. */
  readonly #offsets = new Map<string, number>();

  push(message: CaptionMessage, nowMs: number): void {
    const offsetMs = this.#offsets.get(message.participantId);
    const { soundTimeMs, startsInMs } = message;
    const startMs =
      offsetMs === undefined || soundTimeMs === undefined ? nowMs + startsInMs + PLAYOUT_MS : soundTimeMs + offsetMs;
    this.#place(keyOf(message), message, startMs);
  }

  /** The browser says what it plays now: captions that are not over move to when they are heard. */
  tune(participantId: string, offsetMs: number, nowMs: number): void {
    this.#offsets.set(participantId, offsetMs);
    for (const [key, { message, endMs }] of this.#entries) {
      if (message.participantId !== participantId || message.soundTimeMs === undefined || endMs <= nowMs) continue;
      this.#place(key, message, message.soundTimeMs + offsetMs);
    }
  }

  /** Whose captions there are. */
  get speakers(): ReadonlySet<string> {
    return new Set([...this.#entries.values()].map(({ message }) => message.participantId));
  }

  #place(key: string, message: CaptionMessage, startMs: number): void {
    this.#entries.set(key, { message, startMs, endMs: startMs + (message.words.at(-1)?.endMs ?? 0) });
  }

  /** Cuts a participant's captions where the sound stopped. @returns the texts as they were said. */
  stop(participantId: string, nowMs: number): void {
    for (const [key, { message, startMs, endMs }] of this.#entries) {
      if (message.participantId !== participantId || endMs <= nowMs) continue;
      const words = message.words.filter((word) => startMs + word.startMs <= nowMs);
      const to = words.at(-1)?.to;
      if (to === undefined) this.#entries.delete(key);
      else {
        const text = to < message.text.length ? `${message.text.slice(0, to)} …` : message.text;
        this.#entries.set(key, { message: { ...message, text, words }, startMs, endMs: nowMs });
      }
    }
  }

  /** @returns what is being said or was a moment ago, oldest first; forgets the rest. */
  at(nowMs: number): ShownCaption[] {
    const shown: ShownCaption[] = [];
    for (const [key, { message, startMs, endMs }] of this.#entries) {
      if (nowMs > endMs + LINGER_MS) this.#entries.delete(key);
      if (nowMs < startMs || nowMs > endMs + LINGER_MS) continue;
      const begun = message.words.filter((word) => startMs + word.startMs <= nowMs);
      const latest = begun.at(-1);
      const speaking = latest !== undefined && nowMs <= startMs + latest.endMs + 60;
      shown.push({
        key,
        name: message.name,
        participantId: message.participantId,
        text: message.text,
        language: message.language,
        spoken: latest?.to ?? 0,
        word: speaking ? [latest.from, latest.to] : undefined,
        done: nowMs > endMs,
      });
    }
    return shown;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }
}

export function keyOf({ participantId, captionId }: CaptionMessage): string {
  return `${participantId} ${captionId}`;
}
