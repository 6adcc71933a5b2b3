import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Eased, minimumJerk } from '../../src/base/easing.ts';
import { mediaTimeUs, type MediaTimeUs } from '../../src/base/timeline.ts';

test('minimumJerk goes from 0 to 1 and stays within', () => {
  expect([-1, 0, 0.5, 1, 2].map(minimumJerk)).toEqual([0, 0, 0.5, 1, 1]);
});

test('Eased arrives on time and never jumps, however often its target changes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ target: fc.double({ min: -1, max: 1, noNaN: true }), waitUs: fc.nat(300_000) }), {
        minLength: 1,
        maxLength: 8,
      }),
      (moves) => {
        const eased = new Eased<MediaTimeUs>(0);
        let now = 0;
        for (const { target, waitUs } of moves) {
          const before = eased.at(mediaTimeUs(now));
          eased.moveTo(target, mediaTimeUs(now), 200_000);
          expect(eased.at(mediaTimeUs(now))).toBeCloseTo(before, 10);
          now += waitUs;
        }
        expect(eased.at(mediaTimeUs(now + 200_000))).toBeCloseTo(moves.at(-1)?.target ?? NaN, 10);
      },
    ),
  );
});

test('Eased with no duration is there at once, and not before', () => {
  const eased = new Eased<MediaTimeUs>(0);
  eased.moveTo(1, mediaTimeUs(100), 0);
  expect([99, 100, 101].map((us) => eased.at(mediaTimeUs(us)))).toEqual([0, 1, 1]);
});
