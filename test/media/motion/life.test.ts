import { expect, test } from 'vitest';
import { Life, type LifeMoment } from '../../../src/media/motion/life.ts';
import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { SILENT, type VoiceMoment } from '../../../src/media/voice-moment.ts';

const FPS = 50;
type Frame = (channel: keyof typeof MOTION_INDEX) => number;

/** Phrases of three seconds with pauses of one, four syllables a second, each third one stressed. */
function talking(frame: number): VoiceMoment {
  const at = frame % (4 * FPS);
  const speaking = at < 3 * FPS;
  const syllable = speaking && at % 12 === 6;
  return {
    speaking,
    forS: (speaking ? at : at - 3 * FPS) / FPS,
    loudDb: speaking ? 0 : -20,
    pitch: 2 * Math.sin(at / 40),
    rise: 0,
    stress: syllable ? (Math.floor(at / 12) % 3 === 0 ? 0.9 : 0.3) : 0,
    rate: 4,
    laughing: false,
  };
}

function live(
  seconds: number,
  moment: (frame: number) => Partial<LifeMoment> = () => ({}),
  seed = 1,
  life = new Life(seed, FPS),
): Float32Array[] {
  return Array.from({ length: seconds * FPS }, (_, frame) => {
    const motion = restMotion();
    const usual = { liveliness: undefined, gazeAsked: false, distanceAsked: false, feelingAsked: false };
    life.step({ voice: talking(frame), ...usual, ...moment(frame) }, motion);
    return motion;
  });
}

const framesOf = (motions: readonly Float32Array[]): Frame[] =>
  motions.map((motion) => (channel) => motion[MOTION_INDEX[channel]] ?? NaN);
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spreadOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
};
const gazeOf = (at: Frame): [number, number] => [
  at('headYaw') + GAZE_YAW_LIMIT_DEG * (at('eyeLookOutLeft') - at('eyeLookInLeft')),
  at('headPitch') + GAZE_PITCH_LIMIT_DEG * (at('eyeLookUpLeft') - at('eyeLookDownLeft')),
];
/** Lengths in seconds of the stretches in which something holds. */
function stretches(frames: readonly Frame[], holds: (at: Frame) => boolean): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const frame of frames) {
    if (holds(frame)) length++;
    else if (length > 0) {
      lengths.push(length / FPS);
      length = 0;
    }
  }
  return lengths;
}
const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

test('the seed decides, and reset begins again', () => {
  const life = new Life(1, FPS);
  const first = live(5, undefined, 1, life);
  life.reset();
  expect(live(5, undefined, 1, life)).toEqual(first);
  expect(live(5)).toEqual(first);
  expect(live(5, undefined, 2)).not.toEqual(first);
});

test('nothing jumps: a head by more than a degree or so, brows and corners by three tenths from frame to frame', () => {
  const motions = live(120);
  const channels = ['headYaw', 'headPitch', 'headRoll', 'browInnerUp', 'browOuterUpLeft', 'mouthSmileLeft'] as const;
  for (const channel of channels) {
    const series = framesOf(motions).map((at) => at(channel));
    const most = Math.max(...series.slice(1).map((value, at) => Math.abs(value - series[at]!)));
    expect(most, channel).toBeLessThan(channel.startsWith('head') ? 1.4 : 0.3);
  }
});

test('lids fall and rise as people blink', () => {
  const frames = framesOf(live(300));
  const blinks = stretches(frames, (at) => at('eyeBlinkLeft') > 0.5);
  expect(blinks.length / 5).toBeGreaterThan(20);
  expect(blinks.length / 5).toBeLessThan(38);
  expect(medianOf(blinks)).toBeGreaterThan(0.13);
  expect(medianOf(blinks)).toBeLessThan(0.19);
  expect(Math.max(...frames.map((at) => at('eyeBlinkLeft')))).toBeGreaterThan(0.97);
});

test('brows are held, not flicked, and not always both', () => {
  const frames = framesOf(live(300));
  const raises = stretches(frames, (at) => at('browOuterUpLeft') > 0.25);
  expect(raises.length / 5).toBeGreaterThan(8);
  expect(raises.length / 5).toBeLessThan(30);
  expect(medianOf(raises)).toBeGreaterThan(0.3);
  const oneSided = frames.filter((at) => Math.abs(at('browOuterUpLeft') - at('browOuterUpRight')) > 0.2).length;
  expect(oneSided).toBeGreaterThan(50);
  const furrowed = frames.filter((at) => at('browDownLeft') > 0.25).length;
  expect(furrowed).toBeGreaterThan(50);
});

test('eyes hold the viewer while the head turns, leave at times, and lids follow them down', () => {
  const frames = framesOf(live(300));
  expect(spreadOf(frames.map((at) => at('headYaw')))).toBeGreaterThan(2);
  const off = frames.map((at) => Math.hypot(...gazeOf(at)));
  expect(off.filter((degrees) => degrees < 4).length / off.length).toBeGreaterThan(0.6);
  expect(off.filter((degrees) => degrees > 6).length / off.length).toBeGreaterThan(0.05);
  const open = frames.filter((at) => at('eyeBlinkLeft') < 0.45);
  const lidsWhere = (down: (look: number) => boolean): number =>
    meanOf(open.filter((at) => down(at('eyeLookDownLeft'))).map((at) => at('eyeBlinkLeft')));
  expect(lidsWhere((look) => look > 0.4) - lidsWhere((look) => look === 0)).toBeGreaterThan(0.08);
});

test('a gaze, a distance and a feeling that are asked for stay as asked', () => {
  const frames = framesOf(live(60, () => ({ gazeAsked: true, distanceAsked: true, feelingAsked: true })));
  const settled = frames.slice(2 * FPS);
  for (const at of settled) {
    const [yaw, pitch] = gazeOf(at);
    expect(Math.abs(yaw)).toBeLessThan(0.01);
    expect(Math.abs(pitch)).toBeLessThan(1.5);
    expect(at('headDistance')).toBeCloseTo(1, 3);
  }
  const smiles = (asked: boolean): number =>
    spreadOf(framesOf(live(60, () => ({ feelingAsked: asked }))).map((at) => at('mouthSmileLeft')));
  expect(smiles(true)).toBeLessThan(0.6 * smiles(false));
});

test('a newsreader does less than people, and somebody lively more', () => {
  const sizesAt = (liveliness: number): number[] => {
    const frames = framesOf(live(240, () => ({ liveliness })));
    return (['headYaw', 'headRoll', 'browOuterUpLeft', 'mouthSmileLeft'] as const).map((channel) =>
      spreadOf(frames.map((at) => at(channel))),
    );
  };
  const [calm, usual, lively] = [sizesAt(0), sizesAt(0.5), sizesAt(1)];
  usual.forEach((size, index) => {
    expect(calm[index]! / size).toBeLessThan(0.75);
    expect(lively[index]! / size).toBeGreaterThan(1);
  });
  expect(live(3, () => ({ liveliness: 0.5 }))).toEqual(live(3));
});

test('stress moves head and brows, and laughter pulls the corners up', () => {
  const speedOf = (stress: number): number => {
    const voice = (frame: number): VoiceMoment => ({ ...talking(frame), stress: talking(frame).stress * stress });
    const pitches = framesOf(live(120, (frame) => ({ voice: voice(frame) }))).map((at) => at('headPitch'));
    return meanOf(pitches.slice(1).map((pitch, at) => Math.abs(pitch - pitches[at]!)));
  };
  expect(speedOf(1)).toBeGreaterThan(1.3 * speedOf(0));
  const smile = (laughing: boolean): number =>
    meanOf(
      framesOf(live(20, () => ({ voice: { ...talking(0), forS: 1, laughing } }))).map((at) => at('mouthSmileLeft')),
    );
  expect(smile(true) - smile(false)).toBeGreaterThan(0.2);
});

test('somebody who is silent for long still looks, blinks and breathes', () => {
  const frames = framesOf(live(120, () => ({ voice: SILENT })));
  expect(spreadOf(frames.map((at) => at('headYaw')))).toBeGreaterThan(1);
  expect(stretches(frames, (at) => at('eyeBlinkLeft') > 0.5).length / 2).toBeGreaterThan(8);
});
