import { expect, test } from 'vitest';
import { EMOTIONS, type Emotion } from '../../../protocol/control.ts';
import { showFeelings } from '../../../src/media/motion/feelings.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';

const NONE = { neutral: 0, happy: 0, sad: 0, angry: 0, surprised: 0, afraid: 0, disgusted: 0 };

function faceOf(name: Emotion, strength = 1, closure = 0, before: Partial<Record<MotionChannel, number>> = {}) {
  const motion = restMotion();
  for (const [channel, value] of Object.entries(before)) motion[MOTION_INDEX[channel as MotionChannel]] = value;
  showFeelings({ ...NONE, [name]: strength, neutral: name === 'neutral' ? 1 : 1 - strength }, closure, motion);
  return (channel: MotionChannel): number => motion[MOTION_INDEX[channel]]!;
}

test('each feeling moves what tells it from the others', () => {
  const telling: Readonly<Record<Exclude<Emotion, 'neutral'>, readonly MotionChannel[]>> = {
    happy: ['mouthSmileLeft', 'cheekSquintLeft'],
    sad: ['browInnerUp', 'mouthFrownLeft'],
    angry: ['browDownLeft', 'mouthPressLeft'],
    surprised: ['browOuterUpLeft', 'eyeWideLeft', 'jawOpen'],
    afraid: ['mouthStretchLeft', 'eyeWideLeft', 'browInnerUp'],
    disgusted: ['noseSneerLeft', 'mouthUpperUpLeft'],
  };
  for (const [name, channels] of Object.entries(telling)) {
    for (const channel of channels) {
      const sizes = EMOTIONS.map((each) => faceOf(each)(channel)).toSorted((a, b) => b - a);
      const own = faceOf(name as Emotion)(channel);
      expect(own, `${name} ${channel}`).toBeGreaterThan(0.15);
      expect(sizes.indexOf(own), `${name} ${channel}`).toBeLessThan(2);
    }
  }
});

test.each(['sad', 'angry', 'surprised', 'afraid', 'disgusted'] as const)(
  'a smile does not survive being %s',
  (name) => {
    const before = { mouthSmileLeft: 0.5, mouthSmileRight: 0.5 };
    expect(faceOf(name, 1, 0, before)('mouthSmileLeft')).toBeLessThan(0.05);
    expect(faceOf(name, 0.5, 0, before)('mouthSmileLeft')).toBeLessThan(0.3);
  },
);

test('half a feeling shows as two thirds of it, and neutral takes off smiles and frowns alone', () => {
  expect(faceOf('sad', 0.5)('mouthFrownLeft') / faceOf('sad')('mouthFrownLeft')).toBeCloseTo(0.65);
  expect(faceOf('sad', 0)('mouthFrownLeft')).toBe(0);
  const neutral = faceOf('neutral', 1, 0, {
    mouthSmileLeft: 0.3,
    mouthFrownRight: 0.3,
    jawOpen: 0.2,
    browInnerUp: 0.2,
  });
  expect(neutral('mouthSmileLeft')).toBeLessThan(0.03);
  expect(neutral('mouthFrownRight')).toBeLessThan(0.03);
  expect(neutral('jawOpen')).toBeCloseTo(0.2);
  expect(neutral('browInnerUp')).toBeCloseTo(0.2);
});

test('no feeling parts lips that a sound closes, nor presses lips that a sound opens', () => {
  for (const name of EMOTIONS) {
    const closed = faceOf(name, 1, 1);
    for (const channel of ['jawOpen', 'mouthUpperUpLeft', 'mouthLowerDownRight'] as const)
      expect(closed(channel)).toBe(0);
  }
  expect(faceOf('angry', 1, 0, { jawOpen: 0.3 })('mouthPressLeft')).toBeLessThan(0.15);
  expect(faceOf('angry', 1, 0, { jawOpen: 0.3 })('mouthRollLower')).toBeLessThan(0.15);
});

test('what speech does beyond a feeling stays', () => {
  expect(faceOf('surprised', 1, 0, { jawOpen: 0.4 })('jawOpen')).toBeCloseTo(0.4);
});
