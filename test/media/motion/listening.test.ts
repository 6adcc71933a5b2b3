import { expect, test } from 'vitest';
import { Life } from '../../../src/media/motion/life.ts';
import { GAZE_YAW_LIMIT_DEG, MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { SILENT, type VoiceMoment } from '../../../src/media/voice-moment.ts';

const FPS = 50;
const PHRASE_S = 3;
const ROUND_S = 4.5;
const TOWARDS = { yaw: 10, pitch: 0 };

/** Phrases of three seconds, pauses of one and a half, each third syllable stressed. */
function talker(frame: number): VoiceMoment {
  const at = frame % (ROUND_S * FPS);
  const speaking = at < PHRASE_S * FPS;
  const stressed = speaking && at % 36 === 18;
  const forS = (speaking ? at : at - PHRASE_S * FPS) / FPS;
  return { ...SILENT, speaking, forS, loudDb: speaking ? 0 : -20, stress: stressed ? 0.9 : 0, rate: 4 };
}

interface Heard {
  readonly own?: (frame: number) => VoiceMoment;
  readonly other?: (frame: number) => VoiceMoment;
}

function live(seconds: number, { own = () => SILENT, other }: Heard, seed = 3): Float32Array[] {
  const life = new Life(seed, FPS);
  return Array.from({ length: seconds * FPS }, (_, frame) => {
    const motion = restMotion();
    const asked = { liveliness: undefined, gazeAsked: false, distanceAsked: false, feelingAsked: false };
    const heard = other && { voice: other(frame), towards: TOWARDS };
    life.step({ voice: own(frame), ...asked, ...(heard && { other: heard }) }, motion);
    return motion;
  });
}

const of = (motions: readonly Float32Array[], channel: keyof typeof MOTION_INDEX): number[] =>
  motions.map((motion) => motion[MOTION_INDEX[channel]] ?? NaN);
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const gazesOf = (motions: readonly Float32Array[]): number[] =>
  of(motions, 'headYaw').map(
    (yaw, at) =>
      yaw +
      GAZE_YAW_LIMIT_DEG *
        ((motions[at]?.[MOTION_INDEX.eyeLookOutLeft] ?? NaN) - (motions[at]?.[MOTION_INDEX.eyeLookInLeft] ?? NaN)),
  );
/** What hearing the other adds to a channel, frame by frame: all else is the same chance. */
const addedTo = (channel: keyof typeof MOTION_INDEX, heard: Heard, seconds = 180): number[] => {
  const alone = of(live(seconds, heard.own ? { own: heard.own } : {}), channel);
  return of(live(seconds, heard), channel).map((value, at) => value - alone[at]!);
};

test('looks towards who speaks', () => {
  const gazes = gazesOf(live(120, { other: talker }));
  const near = gazes.filter((yaw) => Math.abs(yaw - TOWARDS.yaw) < 4).length / gazes.length;
  expect(near).toBeGreaterThan(0.6);
  expect(Math.abs(meanOf(gazesOf(live(120, {}))))).toBeLessThan(2);
});

test('turns the head to who speaks, so that the eyes need not stay in their corners', () => {
  const turned = meanOf(addedTo('headYaw', { other: talker }, 60));
  expect(turned).toBeGreaterThan(0.5 * TOWARDS.yaw);
  expect(turned).toBeLessThan(0.9 * TOWARDS.yaw);
});

test('nods as phrases end, and hardly elsewhere', () => {
  const nods = addedTo('headY', { other: talker });
  const rounds = Math.floor(nods.length / (ROUND_S * FPS));
  const deepest = (fromS: number, toS: number): number[] =>
    Array.from({ length: rounds }, (_, round) =>
      Math.min(...nods.slice((round * ROUND_S + fromS) * FPS, (round * ROUND_S + toS) * FPS)),
    );
  const nodsIn = (depths: readonly number[]): number => depths.filter((depth) => depth < -0.07).length;
  expect(nodsIn(deepest(PHRASE_S, PHRASE_S + 1))).toBeGreaterThan(0.4 * rounds);
  expect(nodsIn(deepest(1, PHRASE_S - 0.2))).toBeLessThan(0.15 * rounds);
});

test('raises its brows where the other stresses', () => {
  const stressed = addedTo('browOuterUpLeft', { other: talker });
  const flat = addedTo('browOuterUpLeft', { other: (frame) => ({ ...talker(frame), stress: 0 }) });
  const raised = (series: readonly number[]): number => series.filter((value) => value > 0.25).length / series.length;
  expect(raised(stressed)).toBeGreaterThan(raised(flat) + 0.04);
});

test('smiles when the other laughs', () => {
  const laughs = addedTo('mouthSmileLeft', { other: (frame) => ({ ...talker(frame), laughing: true }) }, 20);
  expect(meanOf(laughs.slice(FPS))).toBeGreaterThan(0.15);
});

test('stops all that while its own person speaks', () => {
  const speaks = (frame: number): VoiceMoment => ({ ...SILENT, speaking: true, forS: frame / FPS, loudDb: 0 });
  for (const channel of ['headPitch', 'browOuterUpLeft', 'mouthSmileLeft', 'headYaw'] as const) {
    const added = addedTo(channel, { own: speaks, other: (frame) => ({ ...talker(frame), laughing: true }) }, 20);
    expect(Math.max(...added.map(Math.abs)), channel).toBeLessThan(0.01);
  }
  // From one second of listening to its own turn: a quarter of a second later nothing is left of a nod.
  const turn = PHRASE_S * FPS + 5;
  const own = (frame: number): VoiceMoment => (frame < turn ? SILENT : speaks(frame - turn));
  const alone = of(live(6, { own }), 'headY');
  const added = of(live(6, { own, other: talker }), 'headY').map((value, at) => value - alone[at]!);
  expect(Math.max(...added.slice(turn + 20).map(Math.abs))).toBeLessThan(0.02);
});
