import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MotionFrame } from '../../src/base/media.ts';
import { mediaTimeUs } from '../../src/base/timeline.ts';
import type { FaceDecoder } from '../../src/media/face-codec.ts';
import { ARKIT_DIMS, MOTION_DIMS, MOTION_INDEX, restMotion } from '../../src/media/motion-space.ts';
import { CHIN, FOREHEAD_TOP } from '../../src/media/portrait/landmark-groups.ts';
import { faceTexture, likeness } from '../../src/media/portrait/face-likeness.ts';
import { grainOf } from '../../src/media/portrait/grain.ts';
import { polygonMask } from '../../src/media/portrait/polygon.ts';
import { FaceMeasurer } from '../../src/native/model/face-measure.ts';
import { OnnxMotionEngine } from '../../src/native/model/motion-engine.ts';
import { PortraitAnalyser } from '../../src/native/model/portrait-analyser.ts';
import { MeshCodec } from '../../src/native/raster/mesh-codec.ts';
import { enrolPortrait } from '../../src/native/worker/enrol-portrait.ts';
import { Animation } from '../../src/server/cli/animation.ts';
import { TEST_RATE_HZ, voiceSound } from '../../src/server/evaluate/test-sounds.ts';
import { astronautPng } from '../support/portraits.ts';

const CONSENT = { text: 'A picture in the public domain', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const SIZE = 512;
const SECONDS = 10;
/** Motion is made at 50 frames a second; every second one of these lies half way between two of them. */
const FRAMES_PER_SECOND = 100;
/** Side of the squares that differences are averaged over. */
const BLOCK = 32;

/** Landmarks around the cheeks, where there is nothing but skin. */
const CHEEKS = [
  [116, 123, 187, 205, 50, 101, 118],
  [345, 352, 411, 425, 280, 330, 347],
] as const;

let avatar: Uint8Array;
let frames: MotionFrame[];
let measurer: FaceMeasurer;

beforeAll(async () => {
  measurer = await FaceMeasurer.open();
  avatar = await enrolPortrait(await astronautPng(), CONSENT);
  const engine = await OnnxMotionEngine.open({ folder: resolve('models/visavis-motion-1'), precision: 'int8' });
  const animation = new Animation({
    engine,
    seed: 3,
    framesPerSecond: FRAMES_PER_SECOND,
    controls: [],
    sampleRateHz: TEST_RATE_HZ,
  });
  frames = [...(await animation.push(voiceSound(SECONDS))), ...(await animation.flush())];
  await engine.close();
}, 120_000);

afterAll(() => measurer.close());

async function open(background: 'portrait' | 'matte'): Promise<FaceDecoder> {
  return new MeshCodec().open(avatar, { sizePx: SIZE, background, badge: false, seed: 1 });
}

/** @returns `[SIZE, SIZE]`, 1 on the skin of both cheeks. */
function cheeksIn(landmarks: Float32Array): Uint8Array {
  const skin = new Uint8Array(SIZE * SIZE);
  for (const points of CHEEKS) {
    const outline = points.map((point) => [landmarks[point * 3] ?? 0, landmarks[point * 3 + 1] ?? 0] as const);
    polygonMask(outline, SIZE).forEach((value, at) => {
      if (value > 0) skin[at] = 1;
    });
  }
  return skin;
}

/** @returns for each square, the mean absolute difference of all channels. */
function blockDifferences(a: Uint8Array, b: Uint8Array): Float64Array {
  const across = SIZE / BLOCK;
  const sums = new Float64Array(across * across);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const at = (y * SIZE + x) * 4;
      const difference =
        Math.abs((a[at] ?? 0) - (b[at] ?? 0)) +
        Math.abs((a[at + 1] ?? 0) - (b[at + 1] ?? 0)) +
        Math.abs((a[at + 2] ?? 0) - (b[at + 2] ?? 0));
      const block = Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK);
      sums[block] = (sums[block] ?? 0) + difference / (3 * BLOCK * BLOCK);
    }
  }
  return sums;
}

function blinkStep(before: Float32Array, after: Float32Array): number {
  const step = (channel: number): number => Math.abs((after[channel] ?? 0) - (before[channel] ?? 0));
  return Math.max(step(MOTION_INDEX.eyeBlinkLeft), step(MOTION_INDEX.eyeBlinkRight));
}

describe('ten seconds of motion that the shipped bundle made of a voice', () => {
  it('lasts ten seconds and moves all that a talking face moves', () => {
    expect(frames.length).toBeGreaterThanOrEqual(SECONDS * FRAMES_PER_SECOND - 1);
    const range = (channel: number): number => {
      const values = frames.map(({ motion }) => motion[channel] ?? 0);
      return Math.max(...values) - Math.min(...values);
    };
    const moving = Array.from({ length: MOTION_DIMS }, (_, channel) => range(channel));
    expect(moving.slice(0, ARKIT_DIMS).filter((value) => value > 0.1).length).toBeGreaterThan(12);
    expect(Math.max(...moving.slice(ARKIT_DIMS, ARKIT_DIMS + 3))).toBeGreaterThan(2);
  });

  it('never touches what the person does not reach', { timeout: 120_000 }, async () => {
    const decoder = await open('matte');
    const picture = new Uint8Array(2 * SIZE * SIZE * 4);
    const first = new Uint8Array(SIZE * SIZE * 4);
    const reached = new Uint8Array(SIZE * SIZE);
    const moved = new Uint8Array(SIZE * SIZE);
    for (let frame = 0; frame < frames.length; frame += 4) {
      const { motion, timeUs } = frames[frame]!;
      decoder.drawRgba(motion, mediaTimeUs(timeUs), picture);
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          const from = (y * 2 * SIZE + x) * 4;
          const pixel = y * SIZE + x;
          if (picture[from + SIZE * 4]! > 0) reached[pixel] = 1;
          for (let channel = 0; channel < 3; channel++) {
            if (frame === 0) first[pixel * 4 + channel] = picture[from + channel]!;
            else if (first[pixel * 4 + channel] !== picture[from + channel]) moved[pixel] = 1;
          }
        }
      }
    }
    decoder.close();
    const still = reached.reduce((count, value) => count + 1 - value, 0);
    const touched = moved.filter((value, pixel) => value === 1 && reached[pixel] === 0).length;
    expect(still).toBeGreaterThan(0.1 * SIZE * SIZE);
    expect(touched).toBe(0);
  });

  it('goes half the way between two frames in half the time: nothing pops', { timeout: 240_000 }, async () => {
    const decoder = await open('portrait');
    const pictures = [0, 1, 2].map(() => new Uint8Array(SIZE * SIZE * 4));
    const wholes: Float64Array[] = [];
    const halves: Float64Array[] = [];
    for (let frame = 0; frame + 2 < frames.length; frame += 2) {
      for (let step = frame === 0 ? 0 : 1; step < 3; step++) {
        const { motion, timeUs } = frames[frame + step]!;
        decoder.drawRgba(motion, mediaTimeUs(timeUs), pictures[step]!);
      }
      const [before, between, after] = pictures as [Uint8Array, Uint8Array, Uint8Array];
      const second = blockDifferences(between, after);
      wholes.push(blockDifferences(before, after));
      halves.push(blockDifferences(before, between).map((first, block) => Math.max(first, second[block]!)));
      pictures.reverse();
    }
    decoder.close();
    let worst = 0;
    halves.forEach((half, at) => {
      // A lid that falls within one frame hides the iris half way: it is meant to.
      if (blinkStep(frames[2 * at]!.motion, frames[2 * at + 2]!.motion) > 0.2) return;
      half.forEach((difference, block) => {
        // Where motion turns back, its neighbours in time say how fast it is.
        const around = wholes.slice(Math.max(0, at - 2), at + 3).map((whole) => whole[block]!);
        // One level is rounding; beyond it, a jump in one half would be as large as in the whole.
        worst = Math.max(worst, (difference - 1) / Math.max(1, ...around));
      });
    });
    expect(Math.max(...wholes.map((whole) => Math.max(...whole)))).toBeGreaterThan(3);
    expect(worst).toBeLessThan(0.8);
  });

  it('leaves hair and shoulders alone when only the face moves', { timeout: 120_000 }, async () => {
    const decoder = await open('portrait');
    const draw = (motion: Float32Array, target: Uint8Array): void => {
      decoder.drawRgba(motion, mediaTimeUs(0), target);
    };
    const rest = new Uint8Array(SIZE * SIZE * 4);
    draw(restMotion(), rest);
    const face = await measurer.measure({ widthPx: SIZE, heightPx: SIZE, rgba: rest });
    if (face === undefined) throw new Error('there is a face in the portrait');
    const { landmarks, reading } = face;
    const cm = reading.pose.pxPerCm;
    const above = (landmarks[FOREHEAD_TOP * 3 + 1] ?? 0) - 1.5 * cm;
    const below = (landmarks[CHIN * 3 + 1] ?? 0) + 7 * cm;
    const motion = restMotion();
    const picture = new Uint8Array(rest.length);
    let worst = 0;
    for (let frame = 0; frame < frames.length; frame += 8) {
      motion.set(frames[frame]!.motion.subarray(0, ARKIT_DIMS));
      draw(motion, picture);
      blockDifferences(rest, picture).forEach((difference, block) => {
        const top = Math.floor(block / (SIZE / BLOCK)) * BLOCK;
        if (top + BLOCK < above || top > below) worst = Math.max(worst, difference);
      });
    }
    decoder.close();
    expect(worst).toBeLessThan(0.5);
  });

  it('stays the person of the portrait: luma of the face, free of pose, correlates', { timeout: 120_000 }, async () => {
    const analyser = await PortraitAnalyser.open();
    const { landmarks, rgba, sizePx } = await analyser.analyse(await astronautPng());
    await analyser.close();
    const portrait = faceTexture({ widthPx: sizePx, heightPx: sizePx, rgba }, landmarks, measurer.canonical);
    const decoder = await open('portrait');
    const picture = { widthPx: SIZE, heightPx: SIZE, rgba: new Uint8Array(SIZE * SIZE * 4) };
    const correlations: number[] = [];
    for (let frame = 0; frame < frames.length; frame += 40) {
      const { motion, timeUs } = frames[frame]!;
      decoder.drawRgba(motion, mediaTimeUs(timeUs), picture.rgba);
      const read = await measurer.measure(picture);
      if (read === undefined) throw new Error(`there is a face in frame ${frame}`);
      correlations.push(likeness(faceTexture(picture, read.landmarks, measurer.canonical), portrait).correlation);
    }
    decoder.close();
    expect(Math.min(...correlations)).toBeGreaterThan(0.75);
  });

  it('draws the person at rest where the portrait has one, and nowhere else', { timeout: 60_000 }, async () => {
    const analyser = await PortraitAnalyser.open();
    const { matte } = await analyser.analyse(await astronautPng());
    await analyser.close();
    const decoder = await open('matte');
    const picture = new Uint8Array(2 * SIZE * SIZE * 4);
    decoder.drawRgba(restMotion(), mediaTimeUs(0), picture);
    decoder.close();
    // A breath moves all by a pixel or two.
    const REACH = 4;
    let stray = 0;
    for (let y = REACH; y < SIZE - REACH; y++) {
      for (let x = REACH; x < SIZE - REACH; x++) {
        if (picture[(y * 2 * SIZE + SIZE + x) * 4]! < 20) continue;
        let near = 0;
        for (let dy = -REACH; dy <= REACH; dy++) {
          for (let dx = -REACH; dx <= REACH; dx++) near = Math.max(near, matte[(y + dy) * SIZE + x + dx]!);
        }
        if (near < 20) stray++;
      }
    }
    expect(stray).toBe(0);
  });

  it('keeps the grain of the portrait on skin that turns', { timeout: 60_000 }, async () => {
    const analyser = await PortraitAnalyser.open();
    const { landmarks, rgba, sizePx } = await analyser.analyse(await astronautPng());
    await analyser.close();
    expect(sizePx).toBe(SIZE);
    const own = grainOf(rgba, cheeksIn(landmarks), SIZE, SIZE, 4);
    const decoder = await open('portrait');
    const picture = { widthPx: SIZE, heightPx: SIZE, rgba: new Uint8Array(SIZE * SIZE * 4) };
    for (const [yaw, pitch] of [
      [0, 0],
      [2.1, 1.3],
      [5, -2],
      [8, 0],
      [-5, 2],
    ] as const) {
      const motion = restMotion();
      motion[MOTION_INDEX.headYaw] = yaw;
      motion[MOTION_INDEX.headPitch] = pitch;
      decoder.drawRgba(motion, mediaTimeUs(0), picture.rgba);
      // The skin turns with the head: the same pixels would be a nostril's edge.
      const read = await measurer.measure(picture);
      if (read === undefined) throw new Error(`there is a face at ${yaw} and ${pitch} degrees`);
      const drawn = grainOf(picture.rgba, cheeksIn(read.landmarks), SIZE, SIZE, 4) / own;
      expect(drawn).toBeGreaterThan(0.75);
      expect(drawn).toBeLessThan(1.4);
    }
    decoder.close();
  });
});
