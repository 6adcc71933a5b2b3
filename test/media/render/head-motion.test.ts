import { expect, test } from 'vitest';
import type { AppearanceFacts } from '../../../src/media/appearance.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { HeadMotion } from '../../../src/media/render/head-motion.ts';

const FACTS = {
  sizePx: 1000,
  centrePx: [500, 400],
  turnDeg: { yaw: 0, pitch: 0, roll: 0 },
  turnGain: { left: 1, right: 1, up: 1, down: 1 },
  pose: { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], scalePxPerCm: 20, translationPx: [500, -400, 0] },
} as unknown as AppearanceFacts;

/** Where a point `(cm)` of the head is drawn. */
function placed(
  channels: Partial<Record<MotionChannel, number>>,
  cm: readonly [number, number, number],
  headWeight = 1,
  freedom = 1,
): readonly [x: number, y: number] {
  const motion = restMotion();
  for (const [channel, value] of Object.entries(channels)) motion[MOTION_INDEX[channel as MotionChannel]] = value;
  const head = new HeadMotion(FACTS, 1);
  // A time at which nobody breathes in or out.
  head.update(motion, 0);
  const breath = new HeadMotion(FACTS, 1);
  breath.update(restMotion(), 0);
  const point = [500 + 20 * cm[0], -400 + 20 * cm[1], 20 * cm[2]] as const;
  const place = (by: HeadMotion): Float32Array => {
    const places = new Float32Array(2);
    by.placeAll(Float32Array.from(point), Float32Array.of(headWeight), Float32Array.of(freedom), places);
    return places;
  };
  const [x = NaN, y = NaN] = place(head);
  const [stillX = NaN, stillY = NaN] = place(breath);
  return [x - stillX, y - stillY];
}

const NOSE = [0, -1, 7] as const;

test('signs are those of the motion space', () => {
  expect(placed({ headYaw: 10 }, NOSE)[0]).toBeGreaterThan(20);
  expect(placed({ headPitch: 10 }, NOSE)[1]).toBeLessThan(-20);
  expect(placed({ headRoll: 10 }, [0, 8, 4])[0]).toBeGreaterThan(20);
  expect(placed({ headX: 1 }, NOSE)[0]).toBeCloseTo(20 * 1, 0);
  expect(placed({ headY: 1 }, NOSE)[1]).toBeCloseTo(-20, 0);
});

test("a turn each way is multiplied by the portrait's own gain", () => {
  const turned = (turnGain: AppearanceFacts['turnGain'], yaw: number, pitch: number): Float64Array => {
    const motion = restMotion();
    motion[MOTION_INDEX.headYaw] = yaw;
    motion[MOTION_INDEX.headPitch] = pitch;
    const head = new HeadMotion({ ...FACTS, turnGain }, 1);
    head.update(motion, 0);
    return Float64Array.from(head.rotation);
  };
  const one = { left: 1, right: 1, up: 1, down: 1 };
  const half = { left: 0.5, right: 1, up: 1, down: 0.5 };
  // Up to 10 degrees the gain that all portraits share is one number, so half the gain is half the angle.
  expect(turned(half, 8, -6)).toEqual(turned(one, 4, -3));
  expect(turned(half, -8, 6)).toEqual(turned(one, -8, 6));
});

test('twice as near is twice as large', () => {
  const head = new HeadMotion(FACTS, 1);
  const motion = restMotion();
  motion[MOTION_INDEX.headDistance] = 0.8;
  head.update(motion, 0);
  head.place(400, -400, 0);
  const left = head.x;
  head.place(600, -400, 0);
  expect((head.x - left) / 200).toBeCloseTo(1 / 0.8, 2);
});

test('beyond the limits it saturates softly: on and on, and never past them', () => {
  const at = (yaw: number): number => placed({ headYaw: yaw }, NOSE)[0];
  expect(at(22)).toBeGreaterThan(at(20));
  expect(at(40)).toBeGreaterThanOrEqual(at(30));
  expect(at(1000) - at(60)).toBeLessThan(0.5);
  expect(placed({ headYaw: NaN, headPitch: Infinity, headDistance: 0 }, NOSE)[0]).toBeCloseTo(0, 3);
});

test('the torso follows by about three tenths, and pinned points stay where moving would uncover the edge', () => {
  const [head] = placed({ headX: 2 }, NOSE);
  const [torso] = placed({ headX: 2 }, NOSE, 0);
  expect(torso / head).toBeGreaterThan(0.25);
  expect(torso / head).toBeLessThan(0.35);
  // Up to the breath, which may carry it out of the picture but not in.
  expect(Math.abs(placed({ headY: 2 }, [0, -20, 0], 0, 0)[1])).toBeLessThan(2.1);
});

test('at the lower edge the chest goes aside with the head, and not up, where there is no more of it', () => {
  const chest = [0, -29.9, 0] as const;
  expect(placed({ headX: 2 }, chest, 0)[0]).toBeGreaterThan(8);
  // Up to the breath, which carries it down at rest.
  expect(placed({ headY: 2 }, chest, 0)[1]).toBeGreaterThan(-2.1);
  expect(placed({ headY: -2 }, chest, 0)[1]).toBeGreaterThan(8);
});

test('hair that the picture cuts off is held at its edge when the head goes down, and free when it goes up', () => {
  const crown = [0, 15, 4] as const;
  const down = { headPitch: -15 };
  expect(placed(down, crown, 1, 1)[1]).toBeGreaterThan(20);
  expect(placed(down, crown, 1, 2)[1]).toBe(0);
  expect(placed(down, crown, 1, 1.5)[1]).toBeCloseTo(placed(down, crown, 1, 1)[1] / 2, 3);
  // But for what a breath moves down, which is held as well.
  expect(Math.abs(placed({ headY: 1 }, crown, 1, 2)[1] - placed({ headY: 1 }, crown, 1, 1)[1])).toBeLessThan(1);
  expect(placed({ headX: 1 }, crown, 1, 2)).toEqual(placed({ headX: 1 }, crown, 1, 1));
});

test('shoulders sway, bow and lean a little with the head', () => {
  const shoulder = [-8, -16, -3] as const;
  expect(placed({ headYaw: 20 }, shoulder, 0)[0]).toBeGreaterThan(10);
  expect(placed({ headPitch: -15 }, shoulder, 0)[1]).toBeGreaterThan(4);
  expect(placed({ headRoll: 15 }, shoulder, 0)[0]).toBeGreaterThan(5);
});

test('the torso comes after the head, arrives, and starts anew when time goes back or after a pause', () => {
  const head = new HeadMotion(FACTS, 1);
  const aside = restMotion();
  aside[MOTION_INDEX.headX] = 2;
  const torsoAt = (motion: Float32Array, timeUs: number): number => {
    head.update(motion, timeUs);
    const places = new Float32Array(2);
    head.placeAll(Float32Array.from([500, -700, 0]), Float32Array.of(0), Float32Array.of(1), places);
    return places[0]! - 500;
  };
  expect(torsoAt(restMotion(), 0)).toBeCloseTo(0, 3);
  const soon = torsoAt(aside, 40_000);
  let late = soon;
  for (let frame = 2; frame < 30; frame++) late = torsoAt(aside, frame * 40_000);
  expect(late).toBeGreaterThan(10);
  expect(soon).toBeLessThan(0.3 * late);
  expect(soon).toBeGreaterThan(0);
  expect(torsoAt(restMotion(), 40_000)).toBeCloseTo(0, 3);
  expect(torsoAt(aside, 5_000_000)).toBeCloseTo(late, 0);
});
