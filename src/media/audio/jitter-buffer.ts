import type { AudioPacket } from '../../base/media.ts';
import { Unwrapper } from '../../base/rtp.ts';
import { advance, type MonotonicUs } from '../../base/timeline.ts';

/** A packet in its place: numbers and ticks no longer wrap. */
export interface OrderedPacket {
  readonly sequence: number;
  /** 48 kHz. */
  readonly ticks: number;
  readonly data: Uint8Array;
  readonly arrivedUs: MonotonicUs;
}

export interface JitterCounts {
  readonly duplicate: number;
  /** Came after their gap was given up. */
  readonly late: number;
  /** Never came, as far as is known. */
  readonly lost: number;
  /** Were thrown out because too many waited. */
  readonly overflow: number;
}

/** A burst after a pause of the network: 64 packets are more than a second of sound. */
const CAPACITY = 64;
/** A jump of this many is another stream under the same name (RFC 3550, A.1). */
const RESTART_JUMP = 3000;

/**
 * Puts packets in order. What is next in line goes through at once; only behind a gap does anything wait, and for
 * `holdUs` at most.
 */
export class JitterBuffer {
  readonly #holdUs: number;
  readonly #sequences = new Unwrapper(16);
  readonly #timestamps = new Unwrapper(32);
  readonly #waiting = new Map<number, OrderedPacket>();
  #next: number | undefined;
  #counts = { duplicate: 0, late: 0, lost: 0, overflow: 0 };

  constructor(holdUs: number) {
    this.#holdUs = holdUs;
  }

  get counts(): JitterCounts {
    return { ...this.#counts };
  }

  /** @returns the packets that are next in line now. */
  push(packet: AudioPacket, now: MonotonicUs): OrderedPacket[] {
    let sequence = this.#sequences.unwrap(packet.sequenceNumber);
    if (this.#next !== undefined && Math.abs(sequence - this.#next) > RESTART_JUMP) {
      this.reset();
      sequence = this.#sequences.unwrap(packet.sequenceNumber);
    }
    const ticks = this.#timestamps.unwrap(packet.rtpTimestamp);
    this.#next ??= sequence;
    if (sequence < this.#next) {
      this.#counts.late++;
      return this.poll(now);
    }
    if (this.#waiting.has(sequence)) {
      this.#counts.duplicate++;
      return this.poll(now);
    }
    this.#waiting.set(sequence, { sequence, ticks, data: packet.data, arrivedUs: now });
    if (this.#waiting.size > CAPACITY) this.#giveUpGap('overflow');
    return this.poll(now);
  }

  /** @returns the packets that are next in line, gaps that have waited long enough left out. */
  poll(now: MonotonicUs): OrderedPacket[] {
    const ready: OrderedPacket[] = [];
    for (;;) {
      const next = this.#next === undefined ? undefined : this.#waiting.get(this.#next);
      if (next !== undefined) {
        this.#waiting.delete(next.sequence);
        this.#next = next.sequence + 1;
        ready.push(next);
      } else if (this.#waiting.size > 0 && now >= this.#oldestArrival() + this.#holdUs) {
        this.#giveUpGap('lost');
      } else {
        return ready;
      }
    }
  }

  /** When `poll` will have something without another packet. */
  get wakeUs(): MonotonicUs | undefined {
    return this.#waiting.size === 0 ? undefined : advance(this.#oldestArrival(), this.#holdUs);
  }

  /** Forgets the stream: the next packet begins another. */
  reset(): void {
    this.#sequences.reset();
    this.#timestamps.reset();
    this.#waiting.clear();
    this.#next = undefined;
  }

  #oldestArrival(): MonotonicUs {
    let oldest = Infinity;
    for (const { arrivedUs } of this.#waiting.values()) oldest = Math.min(oldest, arrivedUs);
    return oldest as MonotonicUs;
  }

  #giveUpGap(reason: 'lost' | 'overflow'): void {
    const first = Math.min(...this.#waiting.keys());
    this.#counts[reason] += first - (this.#next ?? first);
    this.#next = first;
  }
}
