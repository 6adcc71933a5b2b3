import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs, monotonicUs } from '../../../src/base/timeline.ts';
import { FramePacer } from '../../../src/media/sync/frame-pacer.ts';
import { LatencyLedger } from '../../../src/media/sync/latency-ledger.ts';
import { MediaClock } from '../../../src/media/sync/media-clock.ts';
import { Playout } from '../../../src/media/sync/playout.ts';

const at = (ms: number) => monotonicUs(ms * 1000);
const media = (ms: number) => mediaTimeUs(ms * 1000);

describe('MediaClock', () => {
  it('runs at our own pace while nothing comes', () => {
    const clock = new MediaClock(media(200), at(5000));
    expect(clock.at(at(5000))).toBe(200_000);
    expect(clock.at(at(65_000))).toBe(60_200_000);
    expect(clock.when(media(200))).toBe(5_000_000);
  });

  it('follows the least delay and is not moved by jitter', () => {
    const clock = new MediaClock(media(0), at(0));
    const random = seededRandom(1);
    for (let packet = 1; packet < 500; packet++) {
      clock.observe(media(packet * 20), at(packet * 20 + 10 + (packet % 10 === 0 ? 0 : random.uniform() * 60)));
    }
    expect(Math.abs(clock.when(media(10_000)) - 10_010_000)).toBeLessThan(2000);
  });

  it.each([
    ['fast', 1 + 200e-6],
    ['slow', 1 - 200e-6],
  ])('keeps with a sender whose clock is %s, for an hour', (_, pace) => {
    const clock = new MediaClock(media(0), at(0));
    const PACKETS = 180_000;
    for (let packet = 1; packet <= PACKETS; packet++) clock.observe(media(packet * 20), at((packet * 20) / pace + 10));
    const now = (PACKETS * 20) / pace + 10;
    expect(Math.abs(clock.at(at(now)) - PACKETS * 20_000)).toBeLessThan(3000);
  });

  it('never runs backwards, and no faster than 2 % off, unless it is far off', () => {
    const clock = new MediaClock(media(0), at(0));
    const random = seededRandom(2);
    let [before, beforeMs] = [clock.at(at(0)), 0];
    const paces: number[] = [];
    for (let packet = 1; packet < 2000; packet++) {
      const now = packet * 20 + random.uniform() * 15;
      clock.observe(media(packet * 20 - (packet > 1000 ? 80 : 0)), at(now));
      const next = clock.at(at(now));
      paces.push((next - before) / ((now - beforeMs) * 1000));
      [before, beforeMs] = [next, now];
    }
    // A microsecond of rounding in the five milliseconds that lie at least between two packets.
    expect(Math.min(...paces)).toBeGreaterThan(0.98 - 2e-4);
    expect(Math.max(...paces)).toBeLessThan(1.02 + 2e-4);
    // It does follow: 80 ms take four seconds, in which the pace is at its limit.
    expect(Math.min(...paces)).toBeLessThan(0.981);
  });

  it('jumps when it is further off than a quarter of a second', () => {
    const clock = new MediaClock(media(0), at(0));
    clock.observe(media(20), at(20));
    clock.observe(media(4000), at(40));
    expect(clock.at(at(40))).toBe(4_000_000);
  });
});

describe('Playout', () => {
  it('settles a little above what most pictures take, and lets sound and picture leave together', () => {
    const clock = new MediaClock(media(0), at(0));
    const playout = new Playout({ initialDelayUs: 150_000, leastDelayUs: 60_000, mostDelayUs: 500_000 });
    const random = seededRandom(3);
    for (let frame = 1; frame < 1000; frame++) {
      playout.observe(media(frame * 40), at(frame * 40 + 100 + random.uniform() * 20), clock);
    }
    expect(playout.delayUs).toBeGreaterThan(115_000);
    expect(playout.delayUs).toBeLessThan(125_000);
    expect(playout.due(media(1000), clock)).toBe(1_000_000 + playout.delayUs);
    // A browser holds sound 30 ms longer than pictures, so that the sound leaves that much sooner.
    expect(playout.soundDue(media(1000), clock)).toBe(playout.due(media(1000), clock) - 30_000);
  });

  it('does not jump: five per cent at most', () => {
    const clock = new MediaClock(media(0), at(0));
    const playout = new Playout({ initialDelayUs: 150_000, leastDelayUs: 60_000, mostDelayUs: 500_000 });
    let [before, beforeMs] = [playout.delayUs, 0];
    let fastest = 0;
    for (let frame = 1; frame < 500; frame++) {
      // What was late and what is not are ready at the same moment: time does not go back.
      const nowMs = Math.max(beforeMs, frame * 40 + (frame < 250 ? 600 : 50));
      playout.observe(media(frame * 40), at(nowMs), clock);
      const elapsedUs = (nowMs - beforeMs) * 1000;
      // The delay is told in whole microseconds.
      expect(Math.abs(playout.delayUs - before)).toBeLessThanOrEqual(0.05 * elapsedUs + 1);
      fastest = Math.max(fastest, Math.abs(playout.delayUs - before) / elapsedUs || 0);
      [before, beforeMs] = [playout.delayUs, nowMs];
    }
    expect(fastest).toBeGreaterThan(0.049);
    expect(playout.delayUs).toBeLessThan(250_000);
  });
});

describe('FramePacer', () => {
  it('favours a rate only while it is wanted', () => {
    const pacer = new FramePacer(25);
    pacer.favour(30);
    expect(pacer.framesPerSecond).toBe(30);
    pacer.favour(undefined);
    expect(pacer.framesPerSecond).toBe(25);
    pacer.ask(40);
    pacer.favour(30);
    expect(pacer.framesPerSecond).toBe(40);
  });

  it('does not favour a rate against overload', () => {
    const pacer = new FramePacer(30);
    for (let frame = 0; pacer.framesPerSecond === 30 && frame < 200; frame++) pacer.sent(true, at(frame * 33));
    expect(pacer.framesPerSecond).toBe(25);
    pacer.favour(30);
    expect(pacer.framesPerSecond).toBe(25);
  });

  it.each([25, 30, 40] as const)('stands on a grid of %i frames a second without drift', (rate) => {
    const pacer = new FramePacer(rate);
    const taken = Array.from({ length: rate * 10 + 1 }, () => pacer.take());
    expect(taken.at(-1)).toBe(10_000_000);
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('skips to the newest frame that can be in time', () => {
    const pacer = new FramePacer(25);
    pacer.take();
    expect(pacer.skipTo(media(79))).toBe(0);
    expect(pacer.skipTo(media(130))).toBe(2);
    expect(pacer.take()).toBe(120_000);
    expect(pacer.skipped).toBe(2);
  });

  it('lowers the rate when many frames are missed, one step at a time, and raises it after ten calm seconds', () => {
    const pacer = new FramePacer(40);
    const rates: number[] = [];
    for (let ms = 0; ms < 60_000; ms += 25) {
      const overloaded = ms < 5000;
      if (pacer.sent(overloaded && ms % 100 === 0, at(ms))) rates.push(pacer.framesPerSecond);
    }
    expect(rates).toEqual([30, 25, 30, 40]);
  });

  it('never goes above what was asked for', () => {
    const pacer = new FramePacer(40);
    pacer.ask(25);
    for (let ms = 0; ms < 40_000; ms += 40) pacer.sent(false, at(ms));
    expect(pacer.framesPerSecond).toBe(25);
  });
});

describe('LatencyLedger', () => {
  it('follows a moment from its packet to its picture, part by part', () => {
    const ledger = new LatencyLedger();
    ledger.arrived({ startUs: media(0), endUs: media(20), arrivedUs: at(100) });
    ledger.arrived({ startUs: media(20), endUs: media(40), arrivedUs: at(120) });
    ledger.made(media(20), at(190));
    ledger.made(media(60), at(230));
    ledger.drawn(media(39), at(240));
    expect(ledger.sent(media(39), at(250))).toEqual({
      totalUs: 130_000,
      motionUs: 110_000,
      renderUs: 10_000,
      waitUs: 10_000,
    });
    expect(ledger.sent(media(400), at(600))).toEqual({});
  });
});
