import { describe, expect, it } from 'vitest';
import { monotonicUs } from '../../../src/base/timeline.ts';
import { BitratePolicy, LEAST_BITRATE_BPS, MOST_BITRATE_BPS } from '../../../src/media/video/bitrate.ts';
import { KeyframePolicy } from '../../../src/media/video/keyframes.ts';
import { Vp8Payloader } from '../../../src/media/video/vp8-payloader.ts';

const at = (ms: number) => monotonicUs(ms * 1000);

describe('Vp8Payloader', () => {
  it.each([0, 1, 1115, 1116, 1117, 2232, 2233, 40_000])(
    'cuts %i bytes into pieces that make the frame again',
    (size) => {
      const frame = Uint8Array.from({ length: size }, (_, index) => index * 31);
      const payloads = new Vp8Payloader(5).push(frame);
      expect(payloads.length).toBe(Math.max(1, Math.ceil(size / 1116)));
      const whole = payloads.flatMap((payload) => [...payload.subarray(4)]);
      expect(whole).toEqual([...frame]);
      for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(1120);
    },
  );

  it('marks the start of a frame once, and numbers pictures in 15 bits that wrap (RFC 7741, 4.2)', () => {
    const payloader = new Vp8Payloader(0x7fff);
    const [first, second] = payloader.push(new Uint8Array(1500));
    expect([...(first ?? []).slice(0, 4)]).toEqual([0x90, 0x80, 0xff, 0xff]);
    expect([...(second ?? []).slice(0, 4)]).toEqual([0x80, 0x80, 0xff, 0xff]);
    expect([...(payloader.push(new Uint8Array(1))[0] ?? []).slice(0, 4)]).toEqual([0x90, 0x80, 0x80, 0x00]);
  });
});

describe('KeyframePolicy', () => {
  it('begins with a keyframe, merges requests, and lets one keyframe answer them', () => {
    const policy = new KeyframePolicy(150_000);
    expect(policy.take(at(0))).toBe(true);
    expect(policy.take(at(40))).toBe(false);
    policy.request();
    policy.request();
    expect(policy.merged).toBe(1);
    expect(policy.take(at(200))).toBe(true);
    expect(policy.take(at(240))).toBe(false);
  });

  it('lets requests rest after a keyframe, and answers them then', () => {
    const policy = new KeyframePolicy(150_000);
    policy.take(at(0));
    policy.request();
    expect(policy.take(at(149))).toBe(false);
    expect(policy.take(at(150))).toBe(true);
  });

  it('asks again for one that came to nothing', () => {
    const policy = new KeyframePolicy(150_000);
    policy.take(at(0));
    policy.failed();
    expect(policy.take(at(40))).toBe(true);
  });
});

describe('BitratePolicy', () => {
  it('follows the narrowest viewer, and forgets one that left', () => {
    const policy = new BitratePolicy();
    policy.estimate('a', 2_000_000);
    expect(policy.bitrateBps).toBe(1_700_000);
    policy.estimate('b', 600_000);
    expect(policy.bitrateBps).toBe(510_000);
    policy.remove('b');
    expect(policy.bitrateBps).toBe(1_700_000);
  });

  it('does not let one viewer who reports next to nothing starve the others', () => {
    const policy = new BitratePolicy();
    policy.estimate('a', 2_000_000);
    policy.estimate('eve', 1);
    expect(policy.bitrateBps).toBe(400_000);
    policy.estimate('a', 300_000);
    expect(policy.bitrateBps).toBe(255_000);
  });

  it('stays between its limits', () => {
    const policy = new BitratePolicy();
    policy.estimate('a', 1);
    expect(policy.bitrateBps).toBe(LEAST_BITRATE_BPS);
    policy.estimate('a', 1e9);
    expect(policy.bitrateBps).toBe(MOST_BITRATE_BPS);
    policy.estimate('a', Number.NaN);
    expect(policy.bitrateBps).toBeGreaterThanOrEqual(LEAST_BITRATE_BPS);
  });

  it('cuts on heavy loss and ignores small changes', () => {
    const policy = new BitratePolicy();
    policy.estimate('a', 1_000_000);
    policy.loss('a', 0.01);
    expect(policy.bitrateBps).toBe(850_000);
    policy.loss('a', 0.2);
    expect(policy.bitrateBps).toBe(382_500);
    policy.estimate('a', 1_020_000);
    expect(policy.bitrateBps).toBe(382_500);
  });

  it('sends copies at a part of the rate where packets are lost, until they no longer are', () => {
    const policy = new BitratePolicy();
    policy.estimate('a', 1_000_000);
    policy.loss('a', 0.05);
    expect([policy.copies('a'), policy.bitrateBps]).toEqual([1, 425_000]);
    policy.estimate('a', 1_500_000);
    expect([policy.copies('a'), policy.bitrateBps]).toEqual([2, 425_000]);
    for (let report = 0; report < 9; report++) policy.loss('a', 0);
    expect(policy.copies('a')).toBe(2);
    policy.loss('a', 0);
    expect([policy.copies('a'), policy.bitrateBps]).toEqual([0, 1_275_000]);
  });

  it('sends no copies on a link that has no room for them', () => {
    const policy = new BitratePolicy();
    policy.loss('a', 0.05);
    expect(policy.copies('a')).toBe(0);
    policy.estimate('a', 300_000);
    expect([policy.copies('a'), policy.bitrateBps]).toEqual([0, 255_000]);
  });
});
