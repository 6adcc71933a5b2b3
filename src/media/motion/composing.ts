import { seededRandom } from '../../base/random.ts';
import { mix, smoothstep } from '../../base/ramp.ts';
import { US_PER_S } from '../../base/timeline.ts';
import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';
import { addPose, type Pose } from './pose.ts';

/** The pose of a person who writes, and for how long they have been writing. */
export interface ComposingMoment {
  /** 0..1: how much of the pose; eases in and out. */
  readonly share: number;
  readonly forUs: number;
  /** Media time of its beginning: stands in for chance, so that nobody looks up twice at the same moments. */
  readonly beganUs: number;
}

/** Looks up from the text about so often, as people do who write while somebody waits. */
const GLANCE_EVERY_US = [3.7 * US_PER_S, 5.6 * US_PER_S] as const;
/** Of that: where in the round the writing begins, and how long looking up takes. */
const BEGINNING = 0.25;
const TURN = 0.13;
/** A small nod: "I am with you". */
const NOD_DEG = 2.4;
/** How much of its own gaze a person who writes keeps: eyes still dart. */
const OWN_GAZE_KEPT = 0.35;

/** As long as it lasts: thoughtful, lips together. */
const THOUGHTFUL: Pose = [
  ['browInnerUp', 0.13],
  ['browDownLeft', 0.06],
  ['mouthPressLeft', 0.05],
  ['mouthPressRight', 0.05],
];
/** Eyes and head lowered over the text, a little to the own left; the other side is the mirror of it. */
const OVER_TEXT: Pose = [
  ['eyeLookDownLeft', 0.45],
  ['eyeLookDownRight', 0.45],
  ['headPitch', -4],
];
const ASIDE: Readonly<Record<'left' | 'right', Pose>> = {
  left: [
    ['eyeLookOutLeft', 0.2],
    ['eyeLookInRight', 0.2],
    ['headYaw', 2],
    ['headRoll', 2.5],
  ],
  right: [
    ['eyeLookInLeft', 0.2],
    ['eyeLookOutRight', 0.2],
    ['headYaw', -2],
    ['headRoll', -2.5],
  ],
};
const LOOKS = Object.keys(MOTION_INDEX).filter((name): name is MotionChannel => name.startsWith('eyeLook'));

/** Adds the pose in place: over the text, then back to the listener with a small nod, then to the other side. */
export function drawComposing({ share, forUs, beganUs }: ComposingMoment, motion: Float32Array): void {
  if (share <= 0) return;
  const chance = seededRandom(beganUs);
  const everyUs = mix(...GLANCE_EVERY_US, chance.uniform());
  const first = chance.uniform() < 0.5 ? 0 : 1;
  const rounds = forUs / everyUs + BEGINNING;
  const round = Math.floor(rounds);
  const place = rounds - round;
  // Up at either end of a round, so that the change of sides is not seen.
  const up = smoothstep(TURN, 0, Math.min(place, 1 - place));
  const away = share * (1 - up);
  for (const look of LOOKS) motion[MOTION_INDEX[look]]! *= 1 - (1 - OWN_GAZE_KEPT) * away;
  addPose(THOUGHTFUL, share, motion);
  addPose(OVER_TEXT, away, motion);
  addPose(ASIDE[(round + first) % 2 === 0 ? 'left' : 'right'], away, motion);
  motion[MOTION_INDEX.headPitch]! -= NOD_DEG * share * nod(Math.min(place, 1 - place) / TURN);
}

/** One beat while the eyes are up. */
function nod(distance: number): number {
  return distance < 0.7 ? Math.cos((Math.PI / 2) * (distance / 0.7)) ** 2 : 0;
}
