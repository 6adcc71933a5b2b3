import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { EMOTIONS, GESTURES, type ControlMessage } from '../../../protocol/control.ts';
import { ControlTrack } from '../../../src/media/control/control-track.ts';

const at = mediaTimeUs;
const SECOND = 1_000_000;

function trackOf(...messages: readonly (readonly [ControlMessage, number])[]): ControlTrack {
  const track = new ControlTrack();
  for (const [message, us] of messages) track.apply(message, at(us));
  return track;
}

test('nothing is asked of the model before somebody asks', () => {
  expect(new ControlTrack().at(at(SECOND))).toEqual({
    gaze: undefined,
    distance: undefined,
    nearness: { ratio: 1, share: 0 },
    emotion: undefined,
    arousal: undefined,
    pose: { yaw: 0, pitch: 0, roll: 0 },
    amplitude: 1,
    headMotion: 1,
    composing: { share: 0, forUs: 0, beganUs: 0 },
    guidance: {},
    gestures: [],
  });
});

test('a gaze is wished from its moment on, eases to the next, and is given back', () => {
  const track = trackOf(
    [{ type: 'gaze', target: { yaw: 10, pitch: -5 } }, SECOND],
    [{ type: 'gaze', target: { yaw: -10, pitch: 5 } }, 2 * SECOND],
    [{ type: 'gaze', target: null }, 3 * SECOND],
  );
  expect(track.at(at(SECOND - 1)).gaze).toBeUndefined();
  expect(track.at(at(SECOND)).gaze).toEqual({ yaw: 10, pitch: -5 });
  expect(track.at(at(2 * SECOND)).gaze).toEqual({ yaw: 10, pitch: -5 });
  const between = track.at(at(2 * SECOND + 60_000)).gaze;
  expect(between?.yaw).toBeCloseTo(0);
  expect(track.at(at(2.5 * SECOND)).gaze).toEqual({ yaw: -10, pitch: 5 });
  expect(track.at(at(3 * SECOND)).gaze).toBeUndefined();
});

test('a distance takes effect from nothing to all, moves on, and lets go, without a jump', () => {
  const track = trackOf(
    [{ type: 'distance', ratio: 0.9 }, SECOND],
    [{ type: 'distance', ratio: 1.2 }, 3 * SECOND],
    [{ type: 'distance', ratio: null }, 5 * SECOND],
  );
  const pulled = (us: number): number => {
    const { ratio, share } = track.at(at(us)).nearness;
    return 1 + share * (ratio - 1);
  };
  expect([0.9, 2.5, 4.5, 6.5].map((s) => pulled(s * SECOND))).toEqual([1, 0.9, 1.2, 1]);
  for (let us = 0; us < 7 * SECOND; us += 10_000) expect(Math.abs(pulled(us + 10_000) - pulled(us))).toBeLessThan(0.01);
  expect(track.at(at(SECOND)).distance).toBe(0.9);
  expect(track.at(at(5 * SECOND)).distance).toBeUndefined();
});

test('emotions share their strength with neutral, and neutral at 0 leaves the face to the model', () => {
  const track = trackOf(
    [{ type: 'emotion', name: 'happy', strength: 0.6 }, 0],
    [{ type: 'emotion', name: 'sad', strength: 1 }, SECOND],
    [{ type: 'emotion', name: 'neutral', strength: 1 }, 2 * SECOND],
    [{ type: 'emotion', name: 'neutral', strength: 0 }, 4 * SECOND],
  );
  expect(track.at(at(0.9 * SECOND)).emotion).toMatchObject({ happy: 0.6, neutral: 0.4, sad: 0 });
  for (let us = 0; us < 3 * SECOND; us += 50_000) {
    const strengths = Object.values(track.at(at(us)).emotion ?? {});
    expect(strengths.reduce((sum, strength) => sum + strength, 0)).toBeCloseTo(1, 6);
  }
  expect(track.at(at(1.9 * SECOND)).emotion).toMatchObject({ happy: 0, neutral: 0, sad: 1 });
  expect(track.at(at(3 * SECOND)).emotion).toMatchObject({ neutral: 1, sad: 0 });
  expect(track.at(at(4 * SECOND)).emotion).toBeUndefined();
});

test('a gesture has an age, for as long as it lasts', () => {
  const track = trackOf([{ type: 'gesture', name: 'nod' }, SECOND]);
  expect(track.at(at(SECOND - 1)).gestures).toEqual([]);
  expect(track.at(at(SECOND + 5)).gestures).toEqual([{ name: 'nod', ageUs: 5 }]);
  expect(track.at(at(5 * SECOND)).gestures).toEqual([]);
});

test('guidance scales hold each on its own', () => {
  const track = trackOf(
    [{ type: 'guidance', condition: 'audio', scale: 0.5 }, 0],
    [{ type: 'guidance', condition: 'gaze', scale: 1 }, SECOND],
  );
  expect(track.at(at(0)).guidance).toEqual({ audio: 0.5 });
  expect(track.at(at(SECOND)).guidance).toEqual({ audio: 0.5, gaze: 1 });
});

const messages: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({
    type: fc.constant('pose' as const),
    yaw: fc.integer({ min: -20, max: 20 }),
    pitch: fc.integer({ min: -15, max: 15 }),
    roll: fc.integer({ min: -15, max: 15 }),
  }),
  fc.record({ type: fc.constant('amplitude' as const), scale: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ type: fc.constant('emotion' as const), name: fc.constantFrom(...EMOTIONS), strength: fc.constant(1) }),
  fc.record({ type: fc.constant('gesture' as const), name: fc.constantFrom(...GESTURES) }),
);

test('eased controls never jump, and forgetting the past does not change the present', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(messages, fc.nat(400_000)), { maxLength: 12 }), (steps) => {
      const track = new ControlTrack();
      const forgetful = new ControlTrack();
      let now = 0;
      for (const [message, waitUs] of steps) {
        now += waitUs;
        track.apply(message, at(now));
        forgetful.apply(message, at(now));
        forgetful.forget(at(now));
        expect(forgetful.at(at(now + 1000))).toEqual(track.at(at(now + 1000)));
      }
      for (let us = 0; us < now; us += 10_000) {
        const [before, after] = [track.at(at(us)), track.at(at(us + 10_000))];
        // The steepest a course gets is 1.875 of its way in its duration: 40° of pose in 500 ms.
        expect(Math.abs(after.pose.yaw - before.pose.yaw)).toBeLessThan(1.6);
        expect(Math.abs(after.amplitude - before.amplitude)).toBeLessThan(0.16);
      }
    }),
  );
});
