import { describe, expect, it } from 'vitest';
import { monotonicUs } from '../../../src/base/timeline.ts';
import { NtpClock } from '../../../src/peer/rtc/ntp.ts';

describe('NtpClock.at()', () => {
  it('counts seconds from 1900 and their 2^32nd parts (RFC 3550, 4)', () => {
    const clock = new NtpClock(0, monotonicUs(5_000_000));
    expect(clock.at(monotonicUs(5_000_000))).toBe(2_208_988_800n << 32n);
    expect(clock.at(monotonicUs(6_500_000))).toBe((2_208_988_801n << 32n) | 0x8000_0000n);
  });

  it('is as steady as our own clock', () => {
    const clock = new NtpClock(1_800_000_000_000, monotonicUs(123));
    const step = clock.at(monotonicUs(1_000_123)) - clock.at(monotonicUs(123));
    expect(Number(step) / 2 ** 32).toBeCloseTo(1, 6);
  });
});
