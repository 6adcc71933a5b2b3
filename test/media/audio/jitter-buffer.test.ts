import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { monotonicUs } from '../../../src/base/timeline.ts';
import { JitterBuffer } from '../../../src/media/audio/jitter-buffer.ts';

const HOLD_US = 30_000;
const at = (ms: number) => monotonicUs(ms * 1000);

function packet(number: number) {
  const sequenceNumber = number & 0xffff;
  return { sequenceNumber, rtpTimestamp: (number * 960) >>> 0, data: Uint8Array.of(number & 255) };
}

describe('JitterBuffer.push()', () => {
  it('passes what is next in line through at once', () => {
    const buffer = new JitterBuffer(HOLD_US);
    for (let index = 0; index < 5; index++) expect(buffer.push(packet(index), at(index))).toHaveLength(1);
  });

  it('waits for a packet that was overtaken, and gives both in order', () => {
    const buffer = new JitterBuffer(HOLD_US);
    buffer.push(packet(1), at(0));
    expect(buffer.push(packet(3), at(20))).toEqual([]);
    expect(buffer.push(packet(2), at(25)).map(({ data }) => data[0])).toEqual([2, 3]);
    expect(buffer.counts).toEqual({ duplicate: 0, late: 0, lost: 0, overflow: 0 });
  });

  it('gives up on a packet after holdUs, not before', () => {
    const buffer = new JitterBuffer(HOLD_US);
    buffer.push(packet(1), at(0));
    buffer.push(packet(4), at(20));
    expect(buffer.wakeUs).toBe(50_000);
    expect(buffer.poll(at(49.999))).toEqual([]);
    expect(buffer.poll(at(50)).map(({ data }) => data[0])).toEqual([4]);
    expect(buffer.counts.lost).toBe(2);
    expect(buffer.push(packet(2), at(51))).toEqual([]);
    expect(buffer.counts.late).toBe(1);
  });

  it.each([
    ['sequence number', 0xfffe],
    ['timestamp', Math.floor(2 ** 32 / 960) - 1],
  ])('goes on when the %s wraps', (_, first) => {
    const buffer = new JitterBuffer(HOLD_US);
    const ordered = [0, 1, 2, 3].flatMap((step) => buffer.push(packet(first + step), at(step)));
    const ticks = ordered.map((each) => each.ticks - (ordered[0]?.ticks ?? 0));
    expect(ticks).toEqual([0, 960, 1920, 2880]);
  });

  it('begins afresh when numbers jump as only another stream does', () => {
    const buffer = new JitterBuffer(HOLD_US);
    buffer.push(packet(10), at(0));
    expect(buffer.push(packet(20_000), at(20))).toHaveLength(1);
    expect(buffer.counts.lost).toBe(0);
  });

  it('drops duplicates and bounds what waits', () => {
    const buffer = new JitterBuffer(HOLD_US);
    buffer.push(packet(0), at(0));
    buffer.push(packet(2), at(1));
    buffer.push(packet(2), at(1));
    expect(buffer.counts.duplicate).toBe(1);
    for (let index = 3; index < 90; index++) buffer.push(packet(index), at(1));
    expect(buffer.counts.overflow).toBe(1);
  });

  it('gives every packet once and in order, however the network shuffles those within the hold', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed);
      const arrivals = Array.from({ length: 200 }, (_, index) => ({ index, ms: index * 20 + random.uniform() * 45 }));
      arrivals[0] = { index: 0, ms: -1 };
      const buffer = new JitterBuffer(50_000);
      const out = arrivals
        .toSorted((a, b) => a.ms - b.ms)
        .flatMap(({ index, ms }) => buffer.push(packet(65_400 + index), at(ms + 1)));
      expect(out.map(({ sequence }) => sequence - (out[0]?.sequence ?? 0))).toEqual(arrivals.map((_, index) => index));
    }
  });
});
