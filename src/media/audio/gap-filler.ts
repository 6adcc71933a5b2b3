import { advance, mediaTimeUs, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';
import type { OrderedPacket } from './jitter-buffer.ts';
import { readOpusShape } from './opus-toc.ts';

/** The session's sound as one unbroken sequence; each step begins where the one before ended. */
export type SoundStep =
  | {
      readonly type: 'packet';
      readonly startUs: MediaTimeUs;
      readonly durationUs: number;
      readonly packet: OrderedPacket;
    }
  /** Lost: the decoder makes up what may have been said. */
  | { readonly type: 'conceal'; readonly startUs: MediaTimeUs; readonly durationUs: number }
  | { readonly type: 'silence'; readonly startUs: MediaTimeUs; readonly durationUs: number };

/** Where a packet stands on the session's timeline, whether or not it came in time to be heard by the model. */
export interface Placement {
  readonly startUs: MediaTimeUs;
  readonly durationUs: number;
  readonly dtx: boolean;
}

/** Opus fades to silence by itself after 60 ms of invention (RFC 6716, 4.4); more is made up of whole cloth. */
const LONGEST_CONCEALMENT_US = 60_000;
const CONCEALMENT_US = 20_000;
/** Packets that have been late for this long are no accident: the path got longer. A burst after a stall is over sooner. */
const LATE_BEFORE_REANCHOR_US = 300_000;
/** The sender's clock may jump (sleep, another encoder); a hole larger than this is not sound that was lost. */
const LARGEST_HOLE_US = 2_000_000;
/** Opus knows no shorter frame (RFC 6716, 2.1.4), so on this grid every span is a whole number of samples. */
const GRAIN_US = 2_500;
const TICKS_PER_GRAIN = 120;

/**
 * Lays packets on the media timeline and fills what is between them: concealment where one was lost, silence where none
 * was sent (DTX, mute, no microphone). The timeline only grows, so the picture never waits for sound.
 */
export class GapFiller {
  #filledUs = mediaTimeUs(0);
  #anchor: { readonly ticks: number; readonly startUs: MediaTimeUs } | undefined;
  #lateSinceUs: MonotonicUs | undefined;
  #concealedUs = 0;
  #quiet = true;
  #nextSequence: number | undefined;
  #late = 0;

  /** Where the next step begins. */
  get filledUs(): MediaTimeUs {
    return this.#filledUs;
  }

  /** Packets whose span had been filled before they came. */
  get late(): number {
    return this.#late;
  }

  /**
   * @param packet - in order of sequence.
   * @returns its place and the steps it gives; none when it came too late. `undefined` when it is not Opus.
   */
  push(packet: OrderedPacket): { readonly placement: Placement; readonly steps: SoundStep[] } | undefined {
    const shape = readOpusShape(packet.data);
    if (shape === undefined) return undefined;
    const { durationUs, dtx } = shape;
    let startUs = this.#place(packet.ticks);
    const lostBefore = this.#nextSequence !== undefined && packet.sequence > this.#nextSequence;
    this.#nextSequence = packet.sequence + 1;

    if (startUs < this.#filledUs) {
      this.#late++;
      this.#lateSinceUs ??= packet.arrivedUs;
      if (packet.arrivedUs - this.#lateSinceUs < LATE_BEFORE_REANCHOR_US) {
        return { placement: { startUs, durationUs, dtx }, steps: [] };
      }
      startUs = this.#anchorAt(packet.ticks);
    }
    this.#lateSinceUs = undefined;
    if (startUs - this.#filledUs > LARGEST_HOLE_US) startUs = this.#anchorAt(packet.ticks);

    // A hole without a lost packet is a pause that the sender made.
    if (!lostBefore) this.#quiet = true;
    const steps = this.fillTo(startUs);
    steps.push({ type: 'packet', startUs, durationUs, packet });
    this.#filledUs = advance(startUs, durationUs);
    this.#concealedUs = 0;
    this.#quiet = dtx;
    return { placement: { startUs, durationUs, dtx }, steps };
  }

  /** Fills up to the grain of `timeUs`, when the clock says that what should be there will not come. */
  fillTo(timeUs: MediaTimeUs): SoundStep[] {
    const untilUs = mediaTimeUs(Math.floor(timeUs / GRAIN_US) * GRAIN_US);
    const steps: SoundStep[] = [];
    while (!this.#quiet && this.#concealedUs < LONGEST_CONCEALMENT_US && untilUs - this.#filledUs >= CONCEALMENT_US) {
      steps.push({ type: 'conceal', startUs: this.#filledUs, durationUs: CONCEALMENT_US });
      this.#concealedUs += CONCEALMENT_US;
      this.#filledUs = advance(this.#filledUs, CONCEALMENT_US);
    }
    if (untilUs > this.#filledUs) {
      steps.push({ type: 'silence', startUs: this.#filledUs, durationUs: untilUs - this.#filledUs });
      this.#filledUs = untilUs;
      this.#quiet = true;
    }
    return steps;
  }

  /** Something else fills the next `durationUs`, a multiple of 2.5 ms. */
  skip(durationUs: number): void {
    this.#filledUs = advance(this.#filledUs, durationUs);
    this.#quiet = true;
  }

  /** Another stream begins: its first packet goes where this one's time stands. */
  reset(): void {
    this.#anchor = undefined;
    this.#nextSequence = undefined;
    this.#lateSinceUs = undefined;
    this.#quiet = true;
  }

  #place(ticks: number): MediaTimeUs {
    if (this.#anchor === undefined) return this.#anchorAt(ticks);
    const grains = Math.round((ticks - this.#anchor.ticks) / TICKS_PER_GRAIN);
    return advance(this.#anchor.startUs, grains * GRAIN_US);
  }

  #anchorAt(ticks: number): MediaTimeUs {
    this.#anchor = { ticks, startUs: this.#filledUs };
    return this.#filledUs;
  }
}
