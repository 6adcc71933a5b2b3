import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MotionFrame } from '../../../src/base/media.ts';
import { advance, mediaTimeUs } from '../../../src/base/timeline.ts';
import { Resampler } from '../../../src/media/audio/resampler.ts';
import { mouthOpeningSeries } from '../../../src/media/motion/motion-metrics.ts';
import { MOTION_DIMS, MOTION_INDEX } from '../../../src/media/motion-space.ts';
import { MotionStream } from '../../../src/media/motion-stream.ts';
import { OnnxEncoder, OnnxMotionEngine } from '../../../src/native/model/motion-engine.ts';
import { Animation, type AnimationOptions } from '../../../src/server/cli/animation.ts';
import { babble, heldVowel } from '../../support/sound.ts';

const RATE_HZ = 44_100;
const SOUND = babble(RATE_HZ, 0.7);

let engine: OnnxMotionEngine;

beforeAll(async () => {
  engine = await OnnxMotionEngine.open({ folder: 'models/visavis-motion-1', precision: 'int8' });
});

afterAll(() => engine.close());

async function animate(
  cuts: readonly number[],
  changes: Partial<AnimationOptions> = {},
  sound = SOUND,
): Promise<MotionFrame[]> {
  const options = { engine, seed: 1, framesPerSecond: 25, controls: [], sampleRateHz: RATE_HZ };
  const animation = new Animation({ ...options, ...changes });
  const edges = [0, ...cuts.map((cut) => Math.floor(cut * sound.length)).sort((a, b) => a - b), sound.length];
  const frames: MotionFrame[] = [];
  for (const [index, edge] of edges.slice(1).entries()) {
    frames.push(...(await animation.push(sound.subarray(edges[index], edge))));
  }
  return [...frames, ...(await animation.flush())];
}

describe('Animation', () => {
  test('keeps the mouth open for as long as a vowel is held', async () => {
    const opening = mouthOpeningSeries(await animate([], {}, heldVowel(RATE_HZ, 4)));
    const widest = Math.max(...opening.subarray(10, 25)); // of 25 frames a second
    expect(widest).toBeGreaterThan(0.2);
    expect(Math.min(...opening.subarray(60, 95))).toBeGreaterThan(0.6 * widest);
  });

  test('gives the same motion whichever way the sound is cut', async () => {
    const whole = await animate([]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), async (cuts) => {
        expect(await animate(cuts)).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  test('gives the motion of a live call that hears the same sound in packets of 20 ms', async () => {
    const framesPerSecond = 30;
    const offline = await animate([], { framesPerSecond });

    const { manifest } = engine;
    const resampler = new Resampler(RATE_HZ, manifest.features.sampleRateHz);
    const heard = [...resampler.push(SOUND), ...resampler.flush(), ...new Float32Array(4000)];
    const stream = new MotionStream({ manifest, seed: 1 });
    const live: MotionFrame[] = [];
    for (let start = 0; start < heard.length; start += 320) {
      stream.push(Float32Array.from(heard.slice(start, start + 320)));
      for (let job = stream.due(); job !== undefined; job = stream.due()) {
        const [result] = await engine.run([job]);
        if (result !== undefined) stream.accept(result);
      }
      for (;;) {
        const timeUs = mediaTimeUs((live.length * 1e6) / framesPerSecond);
        if (live.length === offline.length || timeUs > stream.newestUs) break;
        const motion = new Float32Array(MOTION_DIMS);
        stream.motionAt(timeUs, motion);
        live.push({ timeUs, motion });
      }
    }
    expect(live).toEqual(offline);
  });

  test('gives the same motion when the encoder hears ahead on another thread', async () => {
    const encoder = await OnnxEncoder.open({ folder: 'models/visavis-motion-1', precision: 'int8' });
    const sound = babble(RATE_HZ, 2);
    try {
      expect(await animate([0.2, 0.7], { encoder }, sound)).toEqual(await animate([], {}, sound));
    } finally {
      await encoder.close();
    }
  });

  test.each([25, 30, 40, 50, 60] as const)(
    'makes a frame for every picture that begins in the sound, %i a second',
    async (rate) => {
      const frames = await animate([], { framesPerSecond: rate });
      expect(frames).toHaveLength(Math.ceil(0.7 * rate));
      frames.forEach(({ timeUs }, index) => {
        expect(timeUs).toBe(Math.round((index * 1e6) / rate));
      });
    },
  );

  test('differs by seed, and by nothing else', async () => {
    const again = await animate([0.3], { seed: 1 });
    expect(again).toEqual(await animate([], { seed: 1 }));
    expect(again).not.toEqual(await animate([], { seed: 2 }));
  });

  test('obeys a control from its time on', async () => {
    const at = mediaTimeUs(400_000);
    const controls = [{ at, message: { type: 'pose', yaw: 15, pitch: 0, roll: 0 } }] as const;
    const [plain, posed] = [await animate([]), await animate([], { controls })];
    const yaw = (frames: MotionFrame[]): number[] => frames.map(({ motion }) => motion[MOTION_INDEX.headYaw]!);
    const before = plain.findIndex(({ timeUs }) => timeUs > advance(at, 0));
    expect(yaw(posed).slice(0, before)).toEqual(yaw(plain).slice(0, before));
    expect((yaw(posed).at(-1) ?? 0) - (yaw(plain).at(-1) ?? 0)).toBeGreaterThan(3);
  });

  test('takes a sound shorter than a hop, and a silent one', async () => {
    expect(await animate([], {}, SOUND.subarray(0, 100))).toHaveLength(1);
    const silent = await animate([], {}, new Float32Array(RATE_HZ / 10));
    expect(silent).toHaveLength(3);
    for (const { motion } of silent) expect(motion.every(Number.isFinite)).toBe(true);
  });
});
