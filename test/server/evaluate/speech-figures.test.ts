import { expect, test } from 'vitest';
import type { MotionFrame } from '../../../src/base/media.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { speechFigures } from '../../../src/server/evaluate/speech-figures.ts';
import { lipTargets, readTextGrid } from '../../../src/server/evaluate/text-grid.ts';

const LONG = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0.0
xmax = 2.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words 1"
        xmin = 0.0
        xmax = 2.5
        intervals: size = 1
        intervals [1]:
            xmin = 0.0
            xmax = 2.5
            text = "say ""map"""
    item [2]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0.0
        xmax = 2.5
        intervals: size = 4
        intervals [1]:
            xmin = 0.0
            xmax = 1.0
            text = ""
        intervals [2]:
            xmin = 1.0
            xmax = 1.1
            text = "M"
        intervals [3]:
            xmin = 1.1
            xmax = 1.3
            text = "AE1"
        intervals [4]:
            xmin = 1.3
            xmax = 1.4e0
            text = "P"
`;
const SHORT = `File type = "ooTextFile"
Object class = "TextGrid"

0
2.5
<exists>
2
"IntervalTier"
"words 1"
0
2.5
1
0
2.5
"say ""map"""
"IntervalTier"
"phones"
0
2.5
4
0
1
""
1
1.1
"M"
1.1
1.3
"AE1"
1.3
1.4
"P"
`;

test.each([
  ['long', LONG],
  ['short', SHORT],
])('a TextGrid in its %s form', (_, text) => {
  const tiers = readTextGrid(text);
  expect([...tiers.keys()]).toEqual(['words 1', 'phones']);
  expect(tiers.get('words 1')?.[0]?.label).toBe('say "map"');
  expect(tiers.get('phones')).toEqual([
    { startUs: 1_000_000, endUs: 1_100_000, label: 'M' },
    { startUs: 1_100_000, endUs: 1_300_000, label: 'AE1' },
    { startUs: 1_300_000, endUs: 1_400_000, label: 'P' },
  ]);
  const targets = lipTargets(tiers.get('phones') ?? []);
  expect(targets.closures.map(({ label }) => label)).toEqual(['M', 'P']);
  expect(targets.openSounds.map(({ label }) => label)).toEqual(['AE1']);
});

test('a text that is no TextGrid has no tiers', () => {
  expect(readTextGrid('nothing "of" 3 the kind').size).toBe(0);
});

test('the figures of a mouth that follows its sound, and of the film of it', () => {
  const syllable = (s: number): number =>
    Math.max(0, Math.sin(2 * Math.PI * 2.7 * s) * Math.sin(2 * Math.PI * 0.37 * s));
  const speaks = (s: number): number => (s < 6 ? syllable(s) : 0);
  const sound = Float32Array.from({ length: 8 * 16_000 }, (_, index) => {
    const s = index / 16_000;
    return 0.4 * speaks(s) * Math.sin(2 * Math.PI * 180 * s);
  });
  const frames: MotionFrame[] = Array.from({ length: 8 * 50 }, (_, frame) => {
    const motion = restMotion();
    motion[MOTION_INDEX.jawOpen] = 0.5 * speaks(frame / 50);
    return { timeUs: mediaTimeUs(frame * 20_000), motion };
  });
  const opening = Float32Array.from({ length: 8 * 25 }, (_, frame) => 0.2 + 0.1 * speaks(frame / 25 - 0.04));
  opening.fill(NaN, 30, 33);
  const phones = readTextGrid(SHORT).get('phones') ?? [];
  const figures = speechFigures({
    sound,
    sampleRateHz: 16_000,
    frames,
    framesPerSecond: 50,
    phones,
    filmed: { framesPerSecond: 25, opening },
  });
  expect(figures.seconds).toBe(8);
  expect(figures.closedInPauses).toBe(1);
  expect(figures.pauseS).toBeGreaterThan(1.5);
  expect(figures.loudness.correlation).toBeGreaterThan(0.95);
  expect(Math.abs(figures.loudness.lagUs)).toBeLessThan(10_000);
  expect(figures.filmed?.mouth.correlation).toBeGreaterThan(0.9);
  expect(figures.filmed?.mouth.lagUs).toBeCloseTo(-40_000, -4);
  expect(figures.closures?.recall).toBeGreaterThanOrEqual(0);
  expect(figures.blinksPerS).toBe(0);
});
