import type { MonotonicUs } from '../../base/timeline.ts';

/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH_S = 2_208_988_800;

/** NTP time (RFC 3550, 4: 32 bits of seconds, 32 of their fraction) of moments on our own steady clock. */
export class NtpClock {
  readonly #startS: number;

  /** @param wallMs - what the wall clock says at `now`; only read once, so that no adjustment of it jerks the picture. */
  constructor(wallMs: number, now: MonotonicUs) {
    this.#startS = NTP_EPOCH_S + wallMs / 1000 - now / 1_000_000;
  }

  /** Milliseconds since 1900. */
  msAt(time: MonotonicUs): number {
    return this.#startS * 1000 + time / 1000;
  }

  at(time: MonotonicUs): bigint {
    const seconds = this.#startS + time / 1_000_000;
    const whole = Math.floor(seconds);
    return (BigInt(whole) << 32n) | BigInt(Math.floor((seconds - whole) * 0x1_0000_0000));
  }
}
