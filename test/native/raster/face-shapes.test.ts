import { beforeAll, describe, expect, it } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { AppearanceFacts } from '../../../src/media/appearance.ts';
import type { FaceDecoder } from '../../../src/media/face-codec.ts';
import { ARKIT_SHAPES, MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { unpackAppearance } from '../../../src/native/codec/appearance-file.ts';
import { MeshCodec } from '../../../src/native/raster/mesh-codec.ts';
import { enrolPortrait } from '../../../src/native/worker/enrol-portrait.ts';
import { astronautPng } from '../../support/portraits.ts';

const CONSENT = { text: 'A picture in the public domain', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE = 512;
type Motion = Partial<Record<MotionChannel, number>>;

let avatar: Uint8Array;
let facts: AppearanceFacts;

beforeAll(async () => {
  avatar = await enrolPortrait(await astronautPng(), CONSENT);
  ({ facts } = (await unpackAppearance(avatar)).appearance);
}, 60_000);

function open(background: 'portrait' | 'matte'): Promise<FaceDecoder> {
  return new MeshCodec().open(avatar, { sizePx: SIZE, background, badge: false, seed: 1 });
}

function drawn(decoder: FaceDecoder, motion: Motion): Uint8Array {
  const frame = restMotion();
  for (const [channel, value] of Object.entries(motion)) frame[MOTION_INDEX[channel as MotionChannel]] = value;
  const picture = new Uint8Array(decoder.widthPx * decoder.heightPx * 4);
  decoder.drawRgba(frame, mediaTimeUs(0), picture);
  return picture;
}

/** Where a picture differs from the one at rest: how much, and the middle of it in head axes, cm, from between the eyes. */
function change(rest: Uint8Array, picture: Uint8Array): { amount: number; left: number; below: number } {
  const scale = SIZE / facts.sizePx;
  const { left: leftEye, right: rightEye } = facts.eyes;
  const middleX = ((leftEye.irisPx[0] + rightEye.irisPx[0]) / 2) * scale;
  const middleY = ((leftEye.irisPx[1] + rightEye.irisPx[1]) / 2) * scale;
  const cm = facts.pose.scalePxPerCm * scale;
  let [amount, left, below] = [0, 0, 0];
  for (let at = 0; at < rest.length; at += 4) {
    const difference = Math.abs(rest[at + 1]! - picture[at + 1]!);
    if (difference < 6) continue;
    amount += difference;
    left += difference * (((at / 4) % SIZE) - middleX);
    below += difference * (Math.floor(at / 4 / SIZE) - middleY);
  }
  return { amount, left: left / amount / cm, below: below / amount / cm };
}

/** @returns how many pixels of the largest part of the person, of other parts, and of holes in it. */
function partsOf(picture: Uint8Array): { person: number; others: number; holes: number } {
  const inside = new Uint8Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) inside[y * SIZE + x] = picture[(y * 2 * SIZE + SIZE + x) * 4]! > 128 ? 1 : 0;
  }
  const sizes = [areas(inside, 0), areas(inside, 1)] as const;
  const [outside = 0, ...holes] = sizes[0].sort((a, b) => b - a);
  const [person = 0, ...others] = sizes[1].sort((a, b) => b - a);
  expect(outside).toBeGreaterThan(0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  // Background between arm and side reaches the picture's edge too; it is no hole.
  return { person, others: sum(others), holes: sum(holes.filter((area) => area < SIZE)) };
}

/** @returns the area of each part that hangs together and has `value`. */
function areas(mask: Uint8Array, value: 0 | 1): number[] {
  const seen = new Uint8Array(mask.length);
  const found: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (seen[start] === 1 || mask[start] !== value) continue;
    const stack = [start];
    seen[start] = 1;
    let area = 0;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      area++;
      const x = at % SIZE;
      for (const next of [x > 0 ? at - 1 : -1, x + 1 < SIZE ? at + 1 : -1, at - SIZE, at + SIZE]) {
        if (next < 0 || next >= mask.length || seen[next] === 1 || mask[next] !== value) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    found.push(area);
  }
  return found;
}

describe('the 52 shapes', () => {
  it('act, each where anatomy says, left and right apart', { timeout: 60_000 }, async () => {
    const decoder = await open('portrait');
    const rest = drawn(decoder, {});
    for (const shape of ARKIT_SHAPES) {
      // The lips cannot close further than the jaw is open.
      const base: Motion = shape === 'mouthClose' ? { jawOpen: 0.5 } : {};
      const before = shape === 'mouthClose' ? drawn(decoder, base) : rest;
      const { amount, below, left } = change(before, drawn(decoder, { ...base, [shape]: 1 }));
      expect.soft(amount, `${shape} shows`).toBeGreaterThan(500);
      if (shape.startsWith('brow')) expect.soft(below, `${shape} is above the eyes`).toBeLessThan(0.5);
      else if (shape.startsWith('eye')) expect.soft(Math.abs(below), `${shape} is at the eyes`).toBeLessThan(2.5);
      else expect.soft(below, `${shape} is below the eyes`).toBeGreaterThan(1);
      const sided = /^(brow|eye|cheek|nose|mouth)(?!Left|Right).*(Left|Right)$/.exec(shape)?.[2];
      if (sided === 'Left') expect.soft(left, `${shape} is on their left`).toBeGreaterThan(0.5);
      if (sided === 'Right') expect.soft(left, `${shape} is on their right`).toBeLessThan(-0.5);
    }
    decoder.close();
  });

  it.each<[string, Motion]>([
    ['jaw with pucker', { jawOpen: 0.8, mouthPucker: 1 }],
    ['funnel with a jaw aside', { jawOpen: 0.4, mouthFunnel: 1, jawLeft: 1 }],
    [
      'smile with blink',
      { mouthSmileLeft: 1, mouthSmileRight: 1, eyeBlinkLeft: 1, eyeBlinkRight: 1, cheekSquintLeft: 1 },
    ],
    ['frown with raised brows', { mouthFrownLeft: 1, mouthFrownRight: 1, browInnerUp: 1, browOuterUpLeft: 1 }],
    [
      'sneer, squint and bared teeth',
      { noseSneerLeft: 1, eyeSquintLeft: 1, mouthUpperUpLeft: 1, mouthLowerDownRight: 1 },
    ],
    ['everything', Object.fromEntries(ARKIT_SHAPES.map((shape) => [shape, 0.5]))],
  ])('combine without tearing: %s', async (_, motion) => {
    const decoder = await open('matte');
    // The matte of this portrait has a few holes of its own, in the ring of the suit.
    const rest = partsOf(drawn(decoder, {}));
    const { holes, others } = partsOf(drawn(decoder, motion));
    decoder.close();
    expect(holes).toBeLessThanOrEqual(rest.holes);
    expect(others).toBeLessThanOrEqual(rest.others);
  });
});

describe('the head at its limits', () => {
  it.each<Motion>([
    { headYaw: -20 },
    { headYaw: 20 },
    { headPitch: -15 },
    { headPitch: 15 },
    { headRoll: -15 },
    { headRoll: 15 },
    { headDistance: 0.8 },
    { headDistance: 1.25 },
    { headYaw: 20, headPitch: -15, headRoll: 15, jawOpen: 0.6 },
    { headYaw: -20, headPitch: 15, headRoll: -15, jawOpen: 0.6, headDistance: 1.25 },
  ])('stays in one piece: %o', async (motion) => {
    const decoder = await open('matte');
    const { holes, others, person } = partsOf(drawn(decoder, motion));
    decoder.close();
    expect(person).toBeGreaterThan(0.2 * SIZE * SIZE);
    expect(holes).toBeLessThan(30);
    expect(others).toBeLessThan(60);
  });

  it('draws hair below the ears under the face, where a turn must not carry it over the cheek', async () => {
    const { appearance } = await unpackAppearance(avatar);
    const { rotation: r, scalePxPerCm, translationPx: t } = appearance.facts.pose;
    const { hairTriangles, vertexAlphas, vertexPositions } = appearance.arrays;
    expect(hairTriangles.length).toBeGreaterThan(0);
    for (const vertex of hairTriangles) {
      let heightCm = 0;
      for (let axis = 0; axis < 3; axis++) {
        heightCm += (r[axis * 3 + 1]! * (vertexPositions[vertex * 3 + axis]! - t[axis]!)) / scalePxPerCm;
      }
      if (heightCm < -1.6) expect(vertexAlphas[vertex]).toBe(0);
    }
  });
});
