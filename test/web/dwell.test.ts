import { describe, expect, test } from 'vitest';
import { DwellClock } from '../../web/aid/dwell.ts';

/** Moves at 60 pictures a second over targets, each for so many milliseconds. @returns what was chosen. */
function gaze(path: readonly (readonly [target: string | undefined, ms: number])[], dwellMs = 1000): string[] {
  const clock = new DwellClock<string>();
  const chosen: string[] = [];
  let now = 0;
  for (const [target, ms] of path) {
    for (const end = now + ms; now < end; now += 1000 / 60) {
      const taken = clock.move(target, now, dwellMs);
      if (taken !== undefined) chosen.push(taken);
    }
  }
  return chosen;
}

describe('DwellClock', () => {
  test('chooses what the pointer stays on, once, and again after it was left', () => {
    expect(gaze([['yes', 5000]])).toEqual(['yes']);
    expect(
      gaze([
        ['yes', 1100],
        [undefined, 500],
        ['yes', 1100],
      ]),
    ).toEqual(['yes', 'yes']);
  });

  test('a glance chooses nothing, and resting between targets neither', () => {
    expect(
      gaze([
        ['yes', 900],
        ['no', 900],
        [undefined, 9000],
      ]),
    ).toEqual([]);
  });

  test('a slip off the edge does not begin anew, a slip to a neighbour does', () => {
    expect(
      gaze([
        ['yes', 600],
        [undefined, 100],
        ['yes', 500],
      ]),
    ).toEqual(['yes']);
    expect(
      gaze([
        ['yes', 600],
        ['no', 100],
        ['yes', 600],
      ]),
    ).toEqual([]);
  });

  test('the ring fills from nothing to whole and is empty after the choice', () => {
    const clock = new DwellClock<string>();
    for (const now of [0, 0, 500]) clock.move('yes', now, 1000);
    expect(clock.progress(1000)).toBe(0.5);
    clock.move('yes', 1000, 1000);
    expect(clock.progress(1000)).toBe(0);
  });
});
