import { clamp } from '../../base/ramp.ts';
import type { Random } from '../../base/random.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import { addPose, bothSides } from './pose.ts';
import { Wander } from './wander.ts';

/** How long feelings that come by themselves last, s. */
const VALENCE_MEMORY_S = 0.6;
const AROUSAL_MEMORY_S = 1;
const LOPSIDED_MEMORY_S = 1;
const LOPSIDED = 0.14;
/** How quickly the voice's level and pitch are felt, s. */
const VOICE_FELT_S = 0.7;

/** At valence 1, at -1 and at arousal 1; the voice and chance seldom take them beyond 2. */
const PLEASED = [
  ...bothSides({ mouthSmile: 0.13, mouthDimple: 0.08, cheekSquint: 0.34, eyeSquint: 0.08, mouthStretch: 0.04 }),
];
const DISPLEASED = [...bothSides({ mouthFrown: 0.16, browDown: 0.1, mouthPress: 0.05, mouthStretch: 0.05 })];
const EXCITED = [...bothSides({ eyeWide: 0.04, browOuterUp: 0.11 }), ['browInnerUp', 0.12] as const];
const TIRED = [...bothSides({ eyeBlink: 0.06, browDown: 0.13, eyeSquint: 0.1 })];
const SMILE_LAUGHING = [...bothSides({ mouthSmile: 0.45, cheekSquint: 0.4, eyeSquint: 0.25, mouthUpperUp: 0.1 })];

const SIDES = (['mouthSmile', 'mouthFrown', 'mouthDimple', 'cheekSquint', 'browOuterUp'] as const).flatMap((name) => [
  MOTION_INDEX[`${name}Left`],
  MOTION_INDEX[`${name}Right`],
]);

/** What a face feels by itself, all the time: chance and the sound of the voice colour mouth, cheeks, lids and brows. */
export class Mood {
  readonly #stepS: number;
  readonly #valence: Wander;
  readonly #arousal: Wander;
  readonly #lopsided: Wander;
  readonly #before = new Float32Array(SIDES.length);
  #felt = 0;
  #laugh = 0;
  #drive = 0;

  constructor(random: Random, stepS: number) {
    this.#stepS = stepS;
    this.#valence = new Wander(random, VALENCE_MEMORY_S, stepS);
    this.#arousal = new Wander(random, AROUSAL_MEMORY_S, stepS);
    this.#lopsided = new Wander(random, LOPSIDED_MEMORY_S, stepS);
  }

  /** How excited, 0 usually, seldom beyond ±2. */
  get arousal(): number {
    return this.#drive;
  }

  /** @param size - 1 as people's. @param own - 1, or less where a feeling is asked for. */
  step(voice: VoiceMoment, laughing: boolean, size: number, own: number, motion: Float32Array): void {
    const keep = this.#stepS / VOICE_FELT_S;
    const heard = voice.speaking ? clamp(voice.loudDb / 8 + voice.pitch / 6, -1.5, 1.5) : -0.4;
    this.#felt += keep * (heard - this.#felt);
    this.#laugh += (this.#stepS / 0.25) * ((laughing ? 1 : 0) - this.#laugh);
    const valence = this.#valence.step() + 0.3 * this.#felt + 0.25;
    this.#drive = 0.75 * this.#arousal.step() + 0.45 * this.#felt;
    const lopsided = LOPSIDED * clamp(this.#lopsided.step(), -2, 2);
    SIDES.forEach((index, at) => (this.#before[at] = motion[index]!));
    const share = size * own;
    addPose(valence > 0 ? PLEASED : DISPLEASED, share * Math.min(2.2, Math.abs(valence)), motion);
    addPose(this.#drive > 0 ? EXCITED : TIRED, share * Math.min(2, Math.abs(this.#drive)), motion);
    addPose(SMILE_LAUGHING, own * this.#laugh, motion);
    // What has been added is stronger on one side, now on this one, now on that; left comes first.
    SIDES.forEach((index, at) => {
      const before = this.#before[at]!;
      motion[index] = before + (motion[index]! - before) * (at % 2 === 0 ? 1 + lopsided : 1 - lopsided);
    });
  }
}
