import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RtpPacket } from 'werift';
import type { InspectedServer } from './inspected-server.ts';
import { speechPackets } from './stage.ts';
import { until } from './visitor/page.ts';
import { patiently, Visitor } from './visitor/visitor.ts';

/** A person notices a picture that stands, or a sound that stops, for longer than this (issue: "no gap over 200 ms"). */
export const LONGEST_GAP_MS = 200;

/** Each of two sees both. */
const STREAMS = 4;

export interface CallReport {
  readonly pictures: number;
  readonly pictureGaps: number;
  readonly longestPictureGapMs: number;
  readonly soundPackets: number;
  /** Numbers that never came, and waits of more than `LONGEST_GAP_MS`. */
  readonly soundHoles: number;
  readonly longestSoundGapMs: number;
  /** How long the bench itself stood still at most: gaps of that length are its own. */
  readonly benchStallMs: number;
}

/** One RTP stream as it arrives; `number` tells its units apart and counts on by one. */
class Arrivals {
  units = 0;
  longestMs = 0;
  gaps = 0;
  #lastMs: number | undefined;
  #first: number | undefined;
  #last = 0;
  readonly #recent = new Set<number>();

  /** @param number - of 16 or 32 bits, as RTP has it. Copies of what came before are no news. */
  add(number: number, nowMs: number): void {
    if (this.#recent.has(number)) return;
    this.#recent.add(number);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= 500) break;
      this.#recent.delete(oldest);
    }
    const ahead = ((number - this.#last + 0x1_8000) & 0xffff) - 0x8000;
    if (this.#first === undefined) this.#first = this.#last = number;
    else if (ahead > 0) this.#last += ahead;
    this.units++;
    this.#wait(nowMs);
    this.#lastMs = nowMs;
  }

  /** Numbers that were skipped and never came. */
  get missing(): number {
    return this.#first === undefined ? 0 : this.#last - this.#first + 1 - this.units;
  }

  /** What is still awaited counts as a gap, too. */
  end(nowMs: number): void {
    this.#wait(nowMs);
  }

  #wait(nowMs: number): void {
    const gapMs = nowMs - (this.#lastMs ?? nowMs);
    this.longestMs = Math.max(this.longestMs, gapMs);
    if (gapMs > LONGEST_GAP_MS) this.gaps++;
  }
}

/** A call between two peers on a running server: one speaks, both watch and listen, and every gap is noted. */
export class Bystanders {
  readonly #speaker: Visitor;
  readonly #listener: Visitor;
  readonly #microphone: NodeJS.Timeout;
  readonly #loop = monitorEventLoopDelay({ resolution: 5 });
  readonly #soundTypes: ReadonlySet<number>;
  #pictures = new Map<string, Arrivals>();
  #sounds = new Map<string, Arrivals>();

  private constructor(speaker: Visitor, listener: Visitor, packets: readonly Uint8Array[]) {
    this.#speaker = speaker;
    this.#listener = listener;
    const audio = listener.page.peer.getTransceivers().find(({ kind }) => kind === 'audio');
    this.#soundTypes = new Set(audio?.codecs.map(({ payloadType }) => payloadType));
    for (const [name, { page }] of [
      ['speaker', speaker],
      ['listener', listener],
    ] as const) {
      page.peer.dtlsTransports[0]?.onRtp.subscribe((packet) => {
        this.#hear(name, packet);
        // The page keeps all that it ever received; a call of ten minutes has no use for it.
        for (const list of [...page.video, ...page.audio, page.videoAtMs, page.messages, page.reports]) {
          if (list.length > 500) list.length = 0;
        }
      });
    }
    let sent = 0;
    const startMs = performance.now();
    this.#microphone = setInterval(() => {
      for (; startMs + sent * 20 < performance.now(); sent++) {
        speaker.page.speak(packets[sent % packets.length] ?? new Uint8Array(), sent * 960);
      }
    }, 5);
  }

  /** Joins both and waits until each sees the other. */
  static async join(server: InspectedServer, portrait: string): Promise<Bystanders> {
    // Before anybody joins: encoding stops this process for seconds, and the server ends who is silent for four.
    const packets = await speechPackets(20);
    const options = { room: 'bystanders', portrait, page: { slots: 2 } };
    const speaker = await patiently(() =>
      Visitor.join(server.signalingUrl, { ...options, name: 'Ada', address: '192.0.2.1' }),
    );
    const listener = await patiently(() =>
      Visitor.join(server.signalingUrl, { ...options, name: 'Grace', address: '192.0.2.2' }),
    );
    const call = new Bystanders(speaker, listener, packets);
    await until(() => {
      const [sound] = call.#sounds.values();
      return call.#pictures.size === STREAMS && (sound?.units ?? 0) > 50;
    }, 30_000);
    call.start();
    return call;
  }

  /** From here on it counts. */
  start(): void {
    this.#pictures = new Map();
    this.#sounds = new Map();
    this.#loop.reset();
    this.#loop.enable();
  }

  report(): CallReport {
    const nowMs = performance.now();
    const pictures = [...this.#pictures.values()];
    const sounds = [...this.#sounds.values()];
    for (const arrivals of [...pictures, ...sounds]) arrivals.end(nowMs);
    // A stream that never came is one gap from start to end.
    const absent = Math.max(0, STREAMS - pictures.length);
    const silent = Math.max(0, 1 - sounds.length);
    return {
      pictures: sum(pictures.map(({ units }) => units)),
      pictureGaps: absent + sum(pictures.map(({ gaps }) => gaps)),
      longestPictureGapMs: Math.round(Math.max(0, ...pictures.map(({ longestMs }) => longestMs))),
      soundPackets: sum(sounds.map(({ units }) => units)),
      soundHoles: silent + sum(sounds.map(({ gaps, missing }) => gaps + missing)),
      longestSoundGapMs: Math.round(Math.max(0, ...sounds.map(({ longestMs }) => longestMs))),
      benchStallMs: Math.round(this.#loop.max / 1e6),
    };
  }

  async leave(): Promise<void> {
    clearInterval(this.#microphone);
    await this.#speaker.leave();
    await this.#listener.leave();
  }

  #hear(name: string, { header }: RtpPacket): void {
    const isSound = this.#soundTypes.has(header.payloadType);
    // A picture is there with its last packet.
    if (!isSound && !header.marker) return;
    const streams = isSound ? this.#sounds : this.#pictures;
    const stream = `${name} ${header.ssrc}`;
    const arrivals = streams.get(stream) ?? new Arrivals();
    streams.set(stream, arrivals);
    arrivals.add(isSound ? header.sequenceNumber : header.timestamp, performance.now());
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
