import { smoothstep } from '../../base/ramp.ts';
import { US_PER_MS } from '../../base/timeline.ts';
import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';

export type GestureName = 'nod' | 'shake' | 'blink' | 'brow-shrug' | 'laugh';

/** A gesture that has begun: `ageUs` since then. */
export interface GestureMoment {
  readonly name: GestureName;
  readonly ageUs: number;
}

interface Gesture {
  readonly durationUs: number;
  /** @param share - 0..1 of the duration. Adds the gesture to `motion`. */
  readonly draw: (share: number, motion: Float32Array) => void;
}

/** Two beats each: one reads as a twitch, three as insistence. Sizes are those of talkers seen from the front. */
const NOD_DEG = 8;
const SHAKE_DEG = 10;

const GESTURES: Readonly<Record<GestureName, Gesture>> = {
  nod: {
    durationUs: 1000 * US_PER_MS,
    draw: (share, motion) => {
      const down = swell(share) * (0.75 * Math.sin(4 * Math.PI * share) + 0.25 * (1 - Math.cos(4 * Math.PI * share)));
      add(motion, 'headPitch', -NOD_DEG * down);
      add(motion, 'headY', -0.25 * down);
    },
  },
  shake: {
    durationUs: 1200 * US_PER_MS,
    draw: (share, motion) => {
      add(motion, 'headYaw', SHAKE_DEG * swell(share) * Math.sin(4 * Math.PI * share));
    },
  },
  blink: {
    // Lids fall in about 80 ms and take twice as long to rise (Bentivoglio et al. 1997).
    durationUs: 260 * US_PER_MS,
    draw: (share, motion) => {
      const shut = smoothstep(0, 0.32, share) * smoothstep(1, 0.42, share);
      raise(motion, 'eyeBlinkLeft', shut);
      raise(motion, 'eyeBlinkRight', shut);
    },
  },
  'brow-shrug': {
    durationUs: 1000 * US_PER_MS,
    draw: (share, motion) => {
      const up = plateau(share);
      raise(motion, 'browInnerUp', 0.53 * up);
      raise(motion, 'browOuterUpLeft', 0.4 * up);
      raise(motion, 'browOuterUpRight', 0.4 * up);
      raise(motion, 'eyeWideLeft', 0.2 * up);
      raise(motion, 'eyeWideRight', 0.2 * up);
      raise(motion, 'mouthShrugLower', 0.11 * up);
      add(motion, 'headPitch', 2 * up);
      add(motion, 'headRoll', 2.5 * up);
    },
  },
  laugh: {
    durationUs: 1900 * US_PER_MS,
    draw: (share, motion) => {
      const joy = plateau(share);
      // Syllables of laughter come about five a second (Bachorowski et al. 2001).
      const beat = 0.5 - 0.5 * Math.cos(2 * Math.PI * 9.5 * share);
      for (const side of ['Left', 'Right'] as const) {
        raise(motion, `mouthSmile${side}`, 0.74 * joy);
        raise(motion, `cheekSquint${side}`, 0.3 * joy);
        raise(motion, `eyeSquint${side}`, 0.5 * joy);
        raise(motion, `mouthUpperUp${side}`, 0.18 * joy);
      }
      raise(motion, 'jawOpen', joy * (0.12 + 0.12 * beat));
      add(motion, 'headPitch', joy * (2.5 + 1.2 * beat));
      add(motion, 'headY', 0.15 * joy * beat);
    },
  },
};

/** @returns how long `name` lasts. */
export function gestureDurationUs(name: GestureName): number {
  return GESTURES[name].durationUs;
}

/** Adds a gesture as it looks at its age, in place; nothing before it begins and once it is over. */
export function drawGesture({ name, ageUs }: GestureMoment, motion: Float32Array): void {
  const { durationUs, draw } = GESTURES[name];
  if (ageUs > 0 && ageUs < durationUs) draw(ageUs / durationUs, motion);
}

function add(motion: Float32Array, channel: MotionChannel, value: number): void {
  motion[MOTION_INDEX[channel]]! += value;
}

/** A muscle that already pulls is not pulled twice. */
function raise(motion: Float32Array, channel: MotionChannel, value: number): void {
  const index = MOTION_INDEX[channel];
  motion[index] = Math.max(motion[index]!, value);
}

/** Rises and falls with no speed at either end. */
function swell(share: number): number {
  return Math.sin(Math.PI * share) ** 2 * 1.2;
}

/** Rises in the first fifth, stays, falls in the last third. */
function plateau(share: number): number {
  return smoothstep(0, 0.2, share) * smoothstep(1, 0.67, share);
}
