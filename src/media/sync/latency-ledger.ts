import type { MediaTimeUs, MonotonicUs } from '../../base/timeline.ts';

/** How long each part of making a frame took, in µs. A part is absent where nobody spoke. */
export interface FrameLatency {
  /** From the arrival of the packet that holds the frame's moment until the frame left. */
  readonly totalUs?: number;
  /** Until its motion was made: look-ahead, hop and inference. */
  readonly motionUs?: number;
  /** From its motion to its picture: waiting for a thread, drawing and encoding. */
  readonly renderUs?: number;
  /** From its picture until it left: waiting for its moment. */
  readonly waitUs?: number;
}

interface Entry {
  readonly startUs: MediaTimeUs;
  readonly endUs: MediaTimeUs;
  readonly arrivedUs: MonotonicUs;
}

/** Far more than any frame is under way. */
const MEMORY = 100;

/** Follows moments of sound until they leave as a picture: the preceding latency, part by part. */
export class LatencyLedger {
  readonly #arrivals: Entry[] = [];
  readonly #made: { readonly untilUs: MediaTimeUs; readonly now: MonotonicUs }[] = [];
  readonly #drawn = new Map<MediaTimeUs, MonotonicUs>();

  arrived(entry: Entry): void {
    this.#arrivals.push(entry);
    if (this.#arrivals.length > MEMORY) this.#arrivals.shift();
  }

  /** Motion up to `untilUs` is there. */
  made(untilUs: MediaTimeUs, now: MonotonicUs): void {
    if (this.#made.at(-1)?.untilUs === untilUs) return;
    this.#made.push({ untilUs, now });
    if (this.#made.length > MEMORY) this.#made.shift();
  }

  drawn(timeUs: MediaTimeUs, now: MonotonicUs): void {
    this.#drawn.set(timeUs, now);
  }

  /** A frame leaves. @returns what its parts took. */
  sent(timeUs: MediaTimeUs, now: MonotonicUs): FrameLatency {
    const arrived = this.#arrivals.findLast((entry) => entry.startUs <= timeUs && timeUs < entry.endUs)?.arrivedUs;
    const made = this.#made.find(({ untilUs }) => untilUs >= timeUs)?.now;
    const drawn = this.#drawn.get(timeUs);
    for (const each of this.#drawn.keys()) if (each <= timeUs) this.#drawn.delete(each);
    return {
      ...(arrived === undefined ? {} : { totalUs: now - arrived }),
      ...(arrived === undefined || made === undefined ? {} : { motionUs: made - arrived }),
      ...(made === undefined || drawn === undefined ? {} : { renderUs: drawn - made }),
      ...(drawn === undefined ? {} : { waitUs: now - drawn }),
    };
  }
}
