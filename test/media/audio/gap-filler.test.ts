import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs, monotonicUs } from '../../../src/base/timeline.ts';
import { GapFiller, type SoundStep } from '../../../src/media/audio/gap-filler.ts';

/** 20 ms of CELT. */
const TOC = 31 << 3;
const ms = (value: number) => mediaTimeUs(value * 1000);

function packet(number: number, options: { bytes?: number; arrivedMs?: number; ticks?: number } = {}) {
  const data = new Uint8Array(options.bytes ?? 40);
  data[0] = TOC;
  const ticks = options.ticks ?? number * 960;
  return { sequence: number, ticks, data, arrivedUs: monotonicUs((options.arrivedMs ?? number * 20) * 1000) };
}

const types = (steps: readonly SoundStep[] | undefined) =>
  steps?.map(({ type, durationUs }) => `${type} ${durationUs / 1000}`);

describe('GapFiller', () => {
  it('conceals up to 60 ms of what was lost, then is silent', () => {
    const filler = new GapFiller();
    filler.push(packet(0));
    expect(types(filler.push(packet(3))?.steps)).toEqual(['conceal 20', 'conceal 20', 'packet 20']);
    expect(types(filler.push(packet(9))?.steps)).toEqual([
      'conceal 20',
      'conceal 20',
      'conceal 20',
      'silence 40',
      'packet 20',
    ]);
  });

  it('is silent where the sender made a pause without losing a number', () => {
    const filler = new GapFiller();
    filler.push(packet(0, { bytes: 2 }));
    expect(types(filler.push({ ...packet(20), sequence: 1 })?.steps)).toEqual(['silence 380', 'packet 20']);
  });

  it('fills by the clock when nothing comes, and conceals only where somebody was speaking', () => {
    const filler = new GapFiller();
    expect(types(filler.fillTo(ms(100)))).toEqual(['silence 100']);
    filler.push(packet(0));
    expect(types(filler.fillTo(ms(150)))).toEqual(['conceal 20', 'silence 10']);
    expect(types(filler.fillTo(ms(150)))).toEqual([]);
  });

  it('puts the first packet where time stands, whatever its timestamp', () => {
    const filler = new GapFiller();
    filler.fillTo(ms(500));
    expect(filler.push(packet(0, { ticks: 3_000_000_000 }))?.placement.startUs).toBe(500_000);
  });

  it('drops what comes after its moment was filled, but tells where it belongs', () => {
    const filler = new GapFiller();
    filler.push(packet(0));
    filler.fillTo(ms(60));
    expect(filler.push(packet(1))).toEqual({
      placement: { startUs: 20_000, durationUs: 20_000, dtx: false },
      steps: [],
    });
    expect(filler.late).toBe(1);
  });

  it('moves a stream that stays late, and not one that came late in a burst', () => {
    const burst = new GapFiller();
    burst.push(packet(0));
    burst.fillTo(ms(400));
    for (let index = 1; index < 15; index++) expect(burst.push(packet(index, { arrivedMs: 400 }))?.steps).toEqual([]);

    const slow = new GapFiller();
    slow.push(packet(0));
    let moved: number | undefined;
    for (let index = 1; index < 40 && moved === undefined; index++) {
      slow.fillTo(ms(100 + index * 20));
      const pushed = slow.push(packet(index, { arrivedMs: 200 + index * 20 }));
      if (pushed !== undefined && pushed.steps.length > 0) moved = index;
    }
    expect(moved).toBe(16);
    expect(types(slow.push(packet(17, { arrivedMs: 540 }))?.steps)).toEqual(['packet 20']);
  });

  it('takes a timestamp that jumps by more than two seconds for another clock', () => {
    const filler = new GapFiller();
    filler.push(packet(0));
    expect(types(filler.push({ ...packet(1), ticks: 48_000 * 60 })?.steps)).toEqual(['packet 20']);
  });

  it('takes a new stream where time stands', () => {
    const filler = new GapFiller();
    filler.push(packet(0));
    filler.reset();
    expect(types(filler.push(packet(7000))?.steps)).toEqual(['packet 20']);
  });

  it('says nothing to what is not Opus', () => {
    expect(new GapFiller().push({ ...packet(0), data: new Uint8Array() })).toBeUndefined();
  });

  it('leaves no hole and no overlap, whatever is lost, late or paused', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seededRandom(seed);
      const filler = new GapFiller();
      const steps: SoundStep[] = [];
      let ticks = 0;
      let clockMs = 0;
      for (let index = 0; index < 300; index++) {
        ticks += random.uniform() < 0.05 ? 960 * 30 : 960;
        clockMs += 20;
        if (random.uniform() < 0.1) steps.push(...filler.fillTo(ms(clockMs + 40 * random.uniform())));
        if (random.uniform() < 0.2) continue;
        steps.push(...(filler.push({ ...packet(index, { arrivedMs: clockMs }), ticks })?.steps ?? []));
        if (random.uniform() < 0.01) filler.reset();
      }
      let endUs = 0;
      for (const { startUs, durationUs } of steps) {
        expect(startUs).toBe(endUs);
        expect(durationUs % 2500).toBe(0);
        endUs = startUs + durationUs;
      }
      expect(filler.filledUs).toBe(endUs);
    }
  });
});
