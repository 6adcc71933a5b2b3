import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';
import { bothSides, type Pose } from './pose.ts';

/** How strongly each feeling is asked for, 0..1. */
export type Feelings = Readonly<Record<FeelingName, number>>;
type FeelingName = 'happy' | 'sad' | 'angry' | 'surprised' | 'afraid' | 'disgusted' | 'neutral';

interface Look {
  /** What the face does, at strength 1. */
  readonly shows: Pose;
  /** What contradicts it, and is taken off as far as the feeling is strong. */
  readonly stills: readonly MotionChannel[];
}

const both = (...names: readonly string[]): MotionChannel[] =>
  names.flatMap((name) => [`${name}Left`, `${name}Right`] as MotionChannel[]);

/** Faces are a little lopsided, mostly stronger on the left (Borod et al. 1997). */
const RIGHT = 0.93;
const SMILING = both('mouthSmile', 'mouthDimple', 'cheekSquint');
const BROWS_UP = ['browInnerUp', ...both('browOuterUp')] as const;

/** Ekman and Friesen's prototypes (EMFACS) in ARKit's names and sizes. */
const LOOKS: Readonly<Record<FeelingName, Look>> = {
  happy: {
    shows: bothSides(
      { mouthSmile: 0.8, cheekSquint: 0.75, eyeSquint: 0.3, mouthDimple: 0.12, mouthUpperUp: 0.3, mouthLowerDown: 0.1 },
      RIGHT,
    ),
    stills: both('mouthFrown', 'browDown', 'mouthPress', 'noseSneer'),
  },
  sad: {
    shows: [
      ['browInnerUp', 1],
      ['mouthShrugLower', 0.6],
      ['mouthPucker', 0.2],
      ...bothSides({ mouthFrown: 1, browDown: 0.2, eyeSquint: 0.1, eyeBlink: 0.18, mouthPress: 0.1 }, RIGHT),
    ],
    stills: [...SMILING, ...both('mouthStretch', 'browOuterUp', 'eyeWide')],
  },
  angry: {
    shows: [
      ['jawForward', 0.4],
      ['mouthShrugLower', 0.5],
      ['mouthRollLower', 0.4],
      ['mouthRollUpper', 0.4],
      ...bothSides({ browDown: 1, eyeSquint: 0.65, noseSneer: 0.3, mouthPress: 1, mouthFrown: 0.4 }, RIGHT),
    ],
    stills: [...SMILING, ...both('eyeWide'), ...BROWS_UP],
  },
  surprised: {
    shows: [
      ['browInnerUp', 1],
      ['jawOpen', 0.27],
      ['mouthFunnel', 0.3],
      ...bothSides({ browOuterUp: 1, eyeWide: 1 }, RIGHT),
    ],
    stills: [...SMILING, ...both('browDown', 'eyeSquint', 'mouthFrown', 'mouthPress')],
  },
  afraid: {
    shows: [
      ['browInnerUp', 1],
      ['jawOpen', 0.14],
      ...bothSides(
        { browOuterUp: 0.5, browDown: 0.4, eyeWide: 1, mouthStretch: 1, mouthFrown: 0.35, mouthLowerDown: 0.8 },
        RIGHT,
      ),
    ],
    stills: [...SMILING, ...both('eyeSquint')],
  },
  disgusted: {
    shows: [
      ['mouthShrugLower', 0.35],
      ...bothSides(
        { noseSneer: 1, mouthUpperUp: 0.5, browDown: 0.55, mouthFrown: 0.5, cheekSquint: 0.5, eyeSquint: 0.4 },
        RIGHT,
      ),
    ],
    stills: [...both('mouthSmile', 'mouthDimple', 'eyeWide'), ...BROWS_UP],
  },
  neutral: { shows: [], stills: [...SMILING, ...both('mouthFrown', 'browDown', 'noseSneer')] },
};
const NAMES = Object.keys(LOOKS) as FeelingName[];
/** What parts the lips: it waits while a sound closes them. */
const PARTING = new Set<MotionChannel>(['jawOpen', 'mouthFunnel', ...both('mouthUpperUp', 'mouthLowerDown')]);
/** What closes them: it waits while a sound opens them by this much jaw. */
const CLOSING = new Set<MotionChannel>(['mouthShrugLower', 'mouthRollLower', 'mouthRollUpper', ...both('mouthPress')]);
const OPEN_JAW = 0.15;

/**
 * Makes the feelings that are asked for plain to see, in place: what the networks make of them is faint.
 * @param closure - 0..1: how far a sound closes the lips.
 */
export function showFeelings(feelings: Feelings, closure: number, motion: Float32Array): void {
  const open = Math.min(1, motion[MOTION_INDEX.jawOpen]! / OPEN_JAW);
  for (const name of NAMES) {
    const shown = shownAt(feelings[name]);
    for (const channel of LOOKS[name].stills) motion[MOTION_INDEX[channel]]! *= 1 - 0.95 * shown;
  }
  for (const name of NAMES) {
    const shown = shownAt(feelings[name]);
    for (const [channel, value] of LOOKS[name].shows) {
      const free = PARTING.has(channel) ? 1 - closure : CLOSING.has(channel) ? 1 - 0.9 * open : 1;
      const index = MOTION_INDEX[channel];
      motion[index] = Math.max(motion[index]!, shown * value * free);
    }
  }
}

/** Half a feeling can still be named: it shows as two thirds of the whole one. */
function shownAt(strength: number): number {
  return strength * (1.6 - 0.6 * strength);
}
