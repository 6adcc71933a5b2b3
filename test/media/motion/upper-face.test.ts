import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { BrowPlay } from '../../../src/media/motion/brow-play.ts';
import { LidPlay } from '../../../src/media/motion/lid-play.ts';
import { UpperFace } from '../../../src/media/motion/upper-face.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { SILENT, type VoiceMoment } from '../../../src/media/voice-moment.ts';

const STEP_S = 0.02;
const SPEAKING: VoiceMoment = { ...SILENT, speaking: true, forS: 1, loudDb: 0 };

/** @returns the face after `steps` of the same voice and the same mouth. */
function faceAfter(
  steps: number,
  voice: VoiceMoment,
  mouth: Partial<Record<MotionChannel, number>> = {},
  own = 1,
  face = new UpperFace(STEP_S),
): (channel: MotionChannel) => number {
  let motion = restMotion();
  for (let step = 0; step < steps; step++) {
    motion = restMotion();
    for (const [channel, value] of Object.entries(mouth)) motion[MOTION_INDEX[channel as MotionChannel]] = value;
    face.step(voice, 1, own, motion);
  }
  return (channel) => motion[MOTION_INDEX[channel]]!;
}

test('a smile reaches cheeks and lower lids, on the side on which it is', () => {
  const at = faceAfter(20, SPEAKING, { mouthSmileLeft: 0.4, mouthSmileRight: 0.1 });
  expect(at('cheekSquintLeft')).toBeGreaterThan(0.35);
  expect(at('eyeSquintLeft')).toBeGreaterThan(0.08);
  expect(at('cheekSquintLeft')).toBeGreaterThan(3 * at('cheekSquintRight'));
  const felt = faceAfter(20, SPEAKING, { mouthSmileLeft: 0.4, cheekSquintLeft: 0.9 });
  expect(felt('cheekSquintLeft')).toBeCloseTo(0.9, 5);
});

test('a loud syllable takes brows and lids along, which come down more slowly', () => {
  const face = new UpperFace(STEP_S);
  const loud = { ...SPEAKING, loudDb: 8 };
  const peak = faceAfter(8, loud, {}, 1, face)('browOuterUpLeft');
  expect(peak).toBeGreaterThan(0.12);
  expect(faceAfter(5, SPEAKING, {}, 1, face)('browOuterUpLeft')).toBeGreaterThan(0.5 * peak);
  expect(faceAfter(80, SPEAKING, {}, 1, face)('browOuterUpLeft')).toBeLessThan(0.02);
  expect(faceAfter(8, { ...SILENT, loudDb: 8 })('browOuterUpLeft')).toBe(0);
});

test('corners that go down take the inner brows up; a feeling that is asked for has most of the say', () => {
  const frown = { mouthFrownLeft: 0.5, mouthFrownRight: 0.5 };
  const [own, asked] = [faceAfter(20, SPEAKING, frown), faceAfter(20, SPEAKING, frown, 0.35)];
  expect(own('browInnerUp')).toBeGreaterThan(0.15);
  expect(asked('browInnerUp')).toBeLessThan(0.4 * own('browInnerUp'));
});

test('brows move with the beats of the head more often than without', () => {
  const movements = (beats: boolean): number => {
    let moved = 0;
    for (let seed = 0; seed < 300; seed++) {
      const brows = new BrowPlay(seededRandom(seed), STEP_S);
      const motion = restMotion();
      for (let step = 0; step < 40; step++) {
        motion.fill(0);
        brows.step({ ...SPEAKING, stress: step === 30 ? 0.8 : 0 }, 1, 1, beats, motion);
      }
      if (motion[MOTION_INDEX.browInnerUp]! + motion[MOTION_INDEX.browDownLeft]! > 0.01) moved++;
    }
    return moved;
  };
  expect(movements(true)).toBeGreaterThan(2 * movements(false));
});

test('a large turn of the head often brings a blink', () => {
  const blinks = (turnsDeg: number): number => {
    let blinked = 0;
    for (let seed = 0; seed < 200; seed++) {
      const lids = new LidPlay(seededRandom(seed), STEP_S);
      const motion = restMotion();
      for (let step = 0; step < 35; step++) lids.step(SPEAKING, 0, step === 30 ? turnsDeg : 0, false, motion);
      if (motion[MOTION_INDEX.eyeBlinkLeft]! > 0.5) blinked++;
    }
    return blinked;
  };
  expect(blinks(10)).toBeGreaterThan(blinks(2) + 40);
});

test('brows are drawn together under a low voice more often than under a high one', () => {
  const furrows = (pitch: number): number => {
    let drawn = 0;
    for (let seed = 0; seed < 200; seed++) {
      const brows = new BrowPlay(seededRandom(seed), STEP_S);
      const motion = restMotion();
      for (let step = 0; step < 40; step++) {
        motion.fill(0);
        brows.step({ ...SPEAKING, pitch, forS: step === 25 ? 0 : 1 }, 1, 1, false, motion);
      }
      if (motion[MOTION_INDEX.browDownLeft]! > motion[MOTION_INDEX.browInnerUp]!) drawn++;
    }
    return drawn;
  };
  expect(furrows(-2)).toBeGreaterThan(1.4 * furrows(2));
});
