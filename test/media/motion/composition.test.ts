import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { SPEECH_INDICES } from '../../../src/media/motion/channel-groups.ts';
import { CHANNEL_SIZES } from '../../../src/media/motion/channel-sizes.ts';
import { compose, type Composition } from '../../../src/media/motion/composition.ts';
import { drawGesture, gestureDurationUs, type GestureName } from '../../../src/media/motion/gestures.ts';
import { limit } from '../../../src/media/motion/limits.ts';
import { mouthOpening } from '../../../src/media/motion/motion-metrics.ts';
import { MouthGate } from '../../../src/media/motion/mouth-gate.ts';
import {
  ARKIT_DIMS,
  MOTION_CHANNELS,
  MOTION_DIMS,
  MOTION_INDEX,
  restMotion,
  type MotionChannel,
} from '../../../src/media/motion-space.ts';

const PLAIN: Composition = {
  amplitude: 1,
  headMotion: 1,
  pose: { yaw: 0, pitch: 0, roll: 0 },
  nearness: { ratio: 1, share: 0 },
  emotion: undefined,
  composing: { share: 0, forUs: 0, beganUs: 0 },
  gestures: [],
  mouthOpen: 1,
};
const GESTURES: readonly GestureName[] = ['nod', 'shake', 'blink', 'brow-shrug', 'laugh'];

function motionOf(values: Partial<Record<MotionChannel, number>>): Float32Array {
  const motion = restMotion();
  for (const channel of MOTION_CHANNELS)
    motion[MOTION_INDEX[channel]] = values[channel] ?? motion[MOTION_INDEX[channel]]!;
  return motion;
}

/** ARKit's unit over the network's. */
const sizeOf = (channel: MotionChannel): number => CHANNEL_SIZES[MOTION_INDEX[channel]] ?? 1;

/** @param values - as the network makes them. */
function composed(values: Partial<Record<MotionChannel, number>>, change: Partial<Composition>): Float32Array {
  const motion = motionOf(values);
  compose(motion, { ...PLAIN, ...change });
  return motion;
}

describe('limit', () => {
  test('whatever comes in, what goes out can be drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.float(), { minLength: MOTION_DIMS, maxLength: MOTION_DIMS }), (values) => {
        const motion = Float32Array.from(values);
        limit(motion);
        for (let index = 0; index < ARKIT_DIMS; index++) {
          expect(motion[index]).toBeGreaterThanOrEqual(0);
          expect(motion[index]).toBeLessThanOrEqual(1);
        }
        expect(Math.abs(motion[MOTION_INDEX.headYaw]!)).toBeLessThanOrEqual(28);
        expect(Math.abs(motion[MOTION_INDEX.headDistance]! - 1)).toBeLessThanOrEqual(0.3001);
      }),
    );
  });

  test('leaves ordinary motion alone and bends the head smoothly', () => {
    const motion = motionOf({ jawOpen: 0.4, headYaw: 12, headPitch: -9, headDistance: 1.1 });
    const before = motion.slice();
    limit(motion);
    expect(motion).toEqual(before);
    const bent = (yaw: number): number => {
      const turned = motionOf({ headYaw: yaw });
      limit(turned);
      return turned[MOTION_INDEX.headYaw]!;
    };
    for (let yaw = 0; yaw < 60; yaw++) {
      expect(bent(yaw + 1)).toBeGreaterThanOrEqual(bent(yaw));
      expect(bent(yaw + 1) - bent(yaw)).toBeLessThanOrEqual(1.0001);
    }
  });
});

describe('compose', () => {
  test('scales speech and head apart, and turns the head by the pose', () => {
    const motion = composed(
      { jawOpen: 0.2, mouthSmileLeft: 0.5, headYaw: 4, headX: 1 },
      { amplitude: 2, headMotion: 0.5, pose: { yaw: 3, pitch: -2, roll: 1 } },
    );
    expect(motion[MOTION_INDEX.jawOpen]).toBeCloseTo(0.4 * sizeOf('jawOpen'));
    expect(motion[MOTION_INDEX.mouthSmileLeft]).toBeCloseTo(0.5 * sizeOf('mouthSmileLeft'));
    expect(motion[MOTION_INDEX.headYaw]).toBeCloseTo(5);
    expect(motion[MOTION_INDEX.headPitch]).toBeCloseTo(-2);
    expect(motion[MOTION_INDEX.headX]).toBeCloseTo(0.5);
  });

  test("speaks ARKit's sizes: what the network makes is scaled once, and what is added by hand is not", () => {
    const still = composed({}, { gestures: [{ name: 'laugh', ageUs: 900_000 }] });
    const drawn = motionOf({});
    drawGesture({ name: 'laugh', ageUs: 900_000 }, drawn);
    expect(still[MOTION_INDEX.mouthSmileLeft]).toBeCloseTo(drawn[MOTION_INDEX.mouthSmileLeft]!);
    const made = composed({ noseSneerLeft: 0.8, tongueOut: 0.5 }, {});
    expect(made[MOTION_INDEX.noseSneerLeft]).toBeCloseTo(0.8 * sizeOf('noseSneerLeft'));
    expect(made[MOTION_INDEX.noseSneerLeft]).toBeLessThan(0.5);
    expect(made[MOTION_INDEX.tongueOut]).toBeCloseTo(0.5);
    // Lips that the network closes over an open jaw stay closed.
    expect(sizeOf('mouthClose')).toBe(sizeOf('jawOpen'));
  });

  test('brings the head to the distance that is asked for, as far as the asking has taken effect', () => {
    const distance = (share: number): number =>
      composed({ headDistance: 1.04 }, { nearness: { ratio: 0.9, share } })[MOTION_INDEX.headDistance]!;
    expect(distance(0)).toBeCloseTo(1.04);
    expect(distance(1)).toBeCloseTo(0.921);
    expect(distance(0.5)).toBeCloseTo((1.04 + 0.921) / 2);
  });

  test('lips that roll in and press meet, and lips that only press do not', () => {
    const pressed = { mouthPressLeft: 0.3, mouthPressRight: 0.3, jawOpen: 0.2, mouthClose: 0.1, mouthUpperUpLeft: 0.1 };
    expect(mouthOpening(composed(pressed, {}))).toBeCloseTo(0.125);
    expect(mouthOpening(composed({ ...pressed, mouthRollUpper: 0.16 }, {}))).toBeCloseTo(0);
    expect(mouthOpening(composed({ ...pressed, mouthRollUpper: 0.16 }, { amplitude: 2 }))).toBeCloseTo(0);
    let before = mouthOpening(composed(pressed, {}));
    for (let roll = 0; roll < 0.2; roll += 0.005) {
      const opening = mouthOpening(composed({ ...pressed, mouthRollUpper: roll }, {}));
      expect(before - opening).toBeGreaterThanOrEqual(-1e-6);
      expect(before - opening).toBeLessThan(0.02);
      before = opening;
    }
  });

  test('the look stays where it is while the head turns, as far as eyes go', () => {
    const look = (motion: Float32Array, axis: 'yaw' | 'pitch'): number =>
      axis === 'yaw'
        ? 20 * (motion[MOTION_INDEX.eyeLookOutLeft]! - motion[MOTION_INDEX.eyeLookInLeft]!) +
          motion[MOTION_INDEX.headYaw]!
        : 12 * (motion[MOTION_INDEX.eyeLookUpRight]! - motion[MOTION_INDEX.eyeLookDownRight]!) +
          motion[MOTION_INDEX.headPitch]!;
    const gaze = { eyeLookInLeft: 0.3, eyeLookOutRight: 0.3, eyeLookDownLeft: 0.2, eyeLookDownRight: 0.2, headYaw: 4 };
    const before = composed(gaze, {});
    for (const change of [
      { pose: { yaw: 10, pitch: 6, roll: 0 } },
      { headMotion: 0 },
      { gestures: [{ name: 'shake' as const, ageUs: 400_000 }] },
      { gestures: [{ name: 'nod' as const, ageUs: 200_000 }] },
    ]) {
      const after = composed(gaze, change);
      expect(look(after, 'yaw')).toBeCloseTo(look(before, 'yaw'), 4);
      expect(look(after, 'pitch')).toBeCloseTo(look(before, 'pitch'), 4);
      expect(after[MOTION_INDEX.eyeLookInRight]! - after[MOTION_INDEX.eyeLookOutRight]!).toBeCloseTo(
        after[MOTION_INDEX.eyeLookOutLeft]! - after[MOTION_INDEX.eyeLookInLeft]!,
        4,
      );
    }
    expect(composed({}, { pose: { yaw: 20, pitch: 0, roll: 0 } })[MOTION_INDEX.eyeLookInLeft]).toBe(1);
  });

  test('an interruption shuts the mouth and leaves the rest of the face', () => {
    const motion = composed(
      { jawOpen: 0.6, mouthPucker: 0.4, mouthSmileLeft: 0.5, browInnerUp: 0.3 },
      { mouthOpen: 0, gestures: [{ name: 'laugh', ageUs: 500_000 }] },
    );
    for (const index of SPEECH_INDICES) expect(motion[index]).toBe(0);
    expect(motion[MOTION_INDEX.mouthSmileLeft]).toBeGreaterThan(0.4);
    expect(motion[MOTION_INDEX.browInnerUp]).toBeCloseTo(0.3 * sizeOf('browInnerUp'));
  });

  test('a person who writes looks down and keeps some of the own gaze', () => {
    const motion = composed(
      { eyeLookUpLeft: 0.4, eyeLookUpRight: 0.4 },
      { composing: { share: 1, forUs: 0, beganUs: 0 } },
    );
    expect(motion[MOTION_INDEX.eyeLookDownLeft]).toBeGreaterThan(0.3);
    expect(motion[MOTION_INDEX.eyeLookUpLeft]).toBeLessThan(0.2);
    expect(motion[MOTION_INDEX.headPitch]).toBeLessThan(-2);
  });

  test('a person who writes looks up at other moments each time', () => {
    const yaws = (beganUs: number): number[] =>
      Array.from(
        { length: 20 },
        (_, index) =>
          composed({}, { composing: { share: 1, forUs: index * 500_000, beganUs } })[MOTION_INDEX.headYaw] ?? NaN,
      );
    const times = [1_000_000, 2_040_000, 3_500_000, 70_000_000].map((beganUs) => yaws(beganUs).join());
    expect(new Set(times).size).toBe(4);
    expect(yaws(1_000_000).join()).toBe(times[0]);
  });

  test('a person who writes looks aside and back, to either side, with small nods and without a jump', () => {
    const frames = Array.from({ length: 1000 }, (_, index) =>
      composed({}, { composing: { share: 1, forUs: index * 20_000, beganUs: 0 } }),
    );
    const of = (channel: MotionChannel): number[] => frames.map((motion) => motion[MOTION_INDEX[channel]]!);
    expect(Math.min(...of('headYaw'))).toBeLessThan(-1.5);
    expect(Math.max(...of('headYaw'))).toBeGreaterThan(1.5);
    const looksUp = of('eyeLookDownLeft').map((value) => value < 0.05);
    const glances = looksUp.filter((isUp, index) => isUp && looksUp[index - 1] === false).length;
    expect(glances).toBeGreaterThanOrEqual(3);
    expect(looksUp.filter(Boolean).length).toBeLessThan(300);
    // Head down over the text, up, and a nod before it goes down again.
    const pitch = of('headPitch');
    const turns = pitch.filter(
      (value, index) => index > 0 && index < 999 && value > pitch[index - 1]! && value > pitch[index + 1]!,
    );
    expect(turns.length).toBeGreaterThanOrEqual(2 * glances - 2);
    for (const channel of ['headYaw', 'headPitch', 'headRoll', 'eyeLookDownLeft', 'eyeLookOutLeft'] as const) {
      const steps = of(channel).map((value, index, all) => Math.abs(value - (all[index - 1] ?? value)));
      expect(Math.max(...steps)).toBeLessThan(channel.startsWith('head') ? 0.5 : 0.06);
    }
  });
});

describe('gestures', () => {
  const largest = (name: GestureName, channel: MotionChannel): number => {
    let found = 0;
    for (let ageUs = 0; ageUs < gestureDurationUs(name); ageUs += 10_000) {
      const motion = motionOf({});
      drawGesture({ name, ageUs }, motion);
      found = Math.max(found, Math.abs(motion[MOTION_INDEX[channel]]!));
    }
    return found;
  };

  test('each moves what it is named after', () => {
    expect(largest('nod', 'headPitch')).toBeGreaterThan(5);
    expect(largest('nod', 'headYaw')).toBe(0);
    expect(largest('shake', 'headYaw')).toBeGreaterThan(6);
    expect(largest('shake', 'headPitch')).toBe(0);
    expect(largest('blink', 'eyeBlinkLeft')).toBe(1);
    expect(largest('brow-shrug', 'browInnerUp')).toBeGreaterThan(0.6 * sizeOf('browInnerUp'));
    expect(largest('laugh', 'mouthSmileLeft')).toBeGreaterThan(0.7);
  });

  test.each(GESTURES)('%s begins and ends at rest, without a jump on the way', (name) => {
    const at = (ageUs: number): Float32Array => {
      const motion = motionOf({});
      drawGesture({ name, ageUs }, motion);
      return motion;
    };
    const durationUs = gestureDurationUs(name);
    expect(at(0)).toEqual(restMotion());
    expect(at(durationUs)).toEqual(restMotion());
    for (let us = 0; us <= durationUs; us += 5000) {
      const [before, after] = [at(us), at(us + 5000)];
      for (let index = 0; index < MOTION_DIMS; index++) {
        // A lid falls in 80 ms, a head turns at less than 200° a second.
        const most = index < ARKIT_DIMS ? 0.12 : 1;
        expect(Math.abs(after[index]! - before[index]!)).toBeLessThan(most);
      }
    }
  });
});

describe('MouthGate', () => {
  const at = mediaTimeUs;

  test('is shut 150 ms after an interruption, smoothly, and opens when resumed', () => {
    const gate = new MouthGate();
    gate.interrupt(at(1_000_000));
    expect(gate.openAt(at(1_000_000))).toBe(1);
    for (let us = 1_000_000; us < 1_150_000; us += 1000) {
      const step = gate.openAt(at(us)) - gate.openAt(at(us + 1000));
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(0.02);
    }
    expect(gate.openAt(at(1_150_000))).toBe(0);
    expect(gate.shutAt(at(1_100_000))).toBe(true);
    gate.resume(at(2_000_000));
    expect(gate.openAt(at(2_000_000))).toBe(0);
    expect(gate.shutAt(at(2_000_000))).toBe(false);
    expect(gate.openAt(at(2_300_000))).toBe(1);
  });

  test('closes first, though the voice has fallen silent already', () => {
    const gate = new MouthGate();
    gate.interrupt(at(1_000_000));
    gate.resume(at(900_000));
    expect(gate.interrupted).toBe(false);
    expect(gate.openAt(at(1_120_000))).toBe(0);
    expect(gate.openAt(at(1_400_000))).toBe(1);
  });

  test('a second interruption and a resumption of nothing change nothing', () => {
    const gate = new MouthGate();
    gate.resume(at(0));
    gate.interrupt(at(1_000_000));
    gate.interrupt(at(1_100_000));
    expect(gate.openAt(at(1_120_000))).toBe(0);
  });
});
