import type { Clock } from '../../base/clock.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { SpeakSession, type FrameEncoder, type SpeakOutlet } from '../../peer/speak/speak-session.ts';
import type { SpeakEvent } from '../../../protocol/speak.ts';
import type { ByteStreamReader } from './data-packets.ts';

/** What the agent is told of one segment of its speech. */
export type SegmentNews =
  | { readonly type: 'started' }
  | { readonly type: 'finished'; readonly playedMs: number; readonly interrupted: boolean };

export interface AgentSpeechOptions {
  readonly outlet: SpeakOutlet;
  /** Closed by whoever opened it. */
  readonly encoder: Pick<FrameEncoder, 'encode'>;
  readonly clock: Clock;
  /** Speech that may wait; ten minutes unless given. */
  readonly mostQueuedUs?: number;
  /** Told once a segment of each kind, in order; `started` only of those that are heard at all. */
  readonly onNews: (news: SegmentNews) => void;
}

interface Segment {
  playedMs: number;
  /** No more sound comes. */
  isEnded: boolean;
  /** Sound was given that is not played yet. */
  isPending: boolean;
  hasStarted: boolean;
  /** A clear came: what still arrives of it is dropped. */
  isDropped: boolean;
}

const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;
const MOST_CHANNELS = 2;
/** Data streams know no back-pressure. More speech than this waits for nobody: what comes beyond it is dropped. */
const MOST_QUEUED_US = 600_000_000;

/**
 * Speaks the byte streams of a LiveKit agent: each stream is a segment, of which exactly one `finished` is told, with how
 * much of it was heard.
 */
export class AgentSpeech implements Closable {
  readonly #options: AgentSpeechOptions;
  readonly #segments: Segment[] = [];
  #session: SpeakSession | undefined;
  #rateHz = 0;

  constructor(options: AgentSpeechOptions) {
    this.#options = options;
  }

  /**
   * Takes the next segment.
   * @param attributes - `sample_rate` in Hz and `num_channels`, as strings; the sound is 16-bit little-endian PCM.
   * @returns what takes its sound, or nothing when the attributes make no sense.
   */
  segment(attributes: Readonly<Record<string, string>>): ByteStreamReader | undefined {
    const rateHz = Number(attributes['sample_rate']);
    const channels = Number(attributes['num_channels'] ?? '1');
    if (!Number.isInteger(rateHz) || rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ) return undefined;
    if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) return undefined;
    const segment: Segment = { playedMs: 0, isEnded: false, isPending: false, hasStarted: false, isDropped: false };
    const mono = channels === 1 ? undefined : new StereoMix();
    return {
      onChunk: (bytes) => {
        if (segment.isDropped || bytes.length === 0) return;
        const session = this.#sessionOf(rateHz);
        if (session.queuedUs > (this.#options.mostQueuedUs ?? MOST_QUEUED_US)) return;
        if (!this.#segments.includes(segment)) this.#segments.push(segment);
        segment.isPending = true;
        session.push(mono?.take(bytes) ?? bytes);
      },
      onEnd: () => {
        segment.isEnded = true;
        if (segment.isDropped || !this.#segments.includes(segment)) return;
        if (segment.isPending) this.#session?.end();
        else this.#finish(segment);
      },
    };
  }

  /** Silence at once: every segment that is not over is told to be interrupted, the one that was heard with its position. */
  clear(): void {
    if (this.#segments.length > 0) this.#session?.clear();
  }

  close(): void {
    this.#segments.length = 0;
    this.#session?.close();
    this.#session = undefined;
  }

  #sessionOf(rateHz: number): SpeakSession {
    if (this.#session !== undefined && rateHz === this.#rateHz) return this.#session;
    // Agents keep to one rate. Another one interrupts what is still to be heard of the former.
    this.clear();
    this.#session?.close();
    const { outlet, encoder, clock } = this.#options;
    this.#rateHz = rateHz;
    this.#session = new SpeakSession({
      outlet,
      encoder: { encode: (samples) => encoder.encode(samples), close: () => undefined },
      sampleRateHz: rateHz,
      clock,
      onEvent: (event) => {
        this.#hear(event);
      },
    });
    return this.#session;
  }

  #hear(event: SpeakEvent): void {
    const [segment] = this.#segments;
    if (segment === undefined) return;
    if (event.type === 'started') {
      if (!segment.hasStarted) this.#options.onNews({ type: 'started' });
      segment.hasStarted = true;
    } else if (event.type === 'finished') {
      // A pause in the stream ends a turn of the session, but not the segment.
      segment.playedMs += event.playedMs;
      segment.isPending = false;
      if (segment.isEnded) this.#finish(segment);
    } else if (event.type === 'cleared') {
      segment.playedMs += event.playedMs;
      for (const each of this.#segments.splice(0)) {
        each.isDropped = true;
        this.#options.onNews({ type: 'finished', playedMs: each.playedMs, interrupted: true });
      }
    }
  }

  #finish(segment: Segment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    this.#options.onNews({ type: 'finished', playedMs: segment.playedMs, interrupted: false });
  }
}

/** Mixes interleaved 16-bit stereo down. Chunks may end anywhere in a pair of samples. */
class StereoMix {
  #rest = Buffer.alloc(0);

  take(bytes: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#rest, bytes]);
    const pairs = Math.floor(all.length / 4);
    const mono = Buffer.alloc(2 * pairs);
    for (let pair = 0; pair < pairs; pair++) {
      mono.writeInt16LE((all.readInt16LE(4 * pair) + all.readInt16LE(4 * pair + 2)) >> 1, 2 * pair);
    }
    this.#rest = all.subarray(4 * pairs);
    return mono;
  }
}
