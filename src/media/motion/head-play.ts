import { minimumJerk } from '../../base/easing.ts';
import type { Random } from '../../base/random.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import type { Liveliness } from './liveliness.ts';
import { Wander } from './wander.ts';

/** Yaw, pitch, roll in degrees, then across and up in cm, then distance as a ratio. */
const INDICES = [
  MOTION_INDEX.headYaw,
  MOTION_INDEX.headPitch,
  MOTION_INDEX.headRoll,
  MOTION_INDEX.headX,
  MOTION_INDEX.headY,
  MOTION_INDEX.headDistance,
] as const;
const REST = [0, 0, 0, 0, 0, 1] as const;
/** How much of the networks' own head is kept. */
const OWN = [1.1, 1.1, 1.3, 1, 1, 1] as const;
/** Postures that are taken up at the bounds of phrases: their spread, how long they last and take, s. */
const POSTURE = [5.4, 1.9, 4.6, 0.35, 0.15, 0.012] as const;
const POSTURE_LASTS_S = [1.2, 3.8] as const;
const POSTURE_TAKES_S = [0.4, 0.75] as const;
/** A longer way takes longer, s for each degree. */
const TAKES_S_PER_DEG = 0.03;
/** The first is taken up, and one that a phrase brings, not at once: not everything on a face begins together. */
const FIRST_AFTER_S = [0.1, 1.2] as const;
const PHRASE_AFTER_S = [0, 0.5] as const;
/** Nobody holds a posture quite still. */
const DRIFT = [1.5, 1, 1, 0.12, 0.05, 0.003] as const;
const DRIFT_MEMORY_S = 1.6;
/** Sway under the words; least of it remains in silence. */
const SWAY = [1.5, 1.3, 0.9, 0.1, 0.04, 0] as const;
const SWAY_MEMORY_S = 0.3;
const SWAY_IN_SILENCE = 0.35;
const SPEAKING_EASE_S = 0.4;
/** Beats on stressed syllables: their chance, size and length. Down first, and back beyond. */
const BEAT_AT_STRESS = 0.45;
const BEAT = [1.5, -3.9, 1.3, 0.07, -0.16, 0] as const;
const BEAT_S = [0.31, 0.48] as const;
const MOST_BEATS = 3;

interface Beat {
  readonly size: readonly number[];
  readonly lastsS: number;
  ageS: number;
}

/** Beats on stressed syllables, and postures that change between phrases, on top of the networks' own head. */
export class HeadPlay {
  readonly #random: Random;
  readonly #stepS: number;
  #from: readonly number[] = [0, 0, 0, 0, 0, 0];
  #to: readonly number[] = [0, 0, 0, 0, 0, 0];
  #takesS = 1;
  #ageS = 1;
  #untilS = 0;
  #beats: Beat[] = [];
  #speaking = 0;
  #accent = 0;
  #turns = 0;
  readonly #sway: readonly Wander[];
  readonly #drift: readonly Wander[];

  constructor(random: Random, stepS: number) {
    this.#random = random;
    this.#stepS = stepS;
    this.#sway = SWAY.map(() => new Wander(random, SWAY_MEMORY_S, stepS));
    this.#drift = DRIFT.map(() => new Wander(random, DRIFT_MEMORY_S, stepS));
    this.#untilS = this.#between(FIRST_AFTER_S);
  }

  /** How strong a beat has begun in this step; 0 when none has. */
  get accent(): number {
    return this.#accent;
  }

  /** How far a change of posture that has begun in this step will turn the head, degrees; 0 when none has. */
  get turnsDeg(): number {
    return this.#turns;
  }

  /** @param leans - 0 while somebody has said how far away the head is, else 1. */
  step(voice: VoiceMoment, { head: size, ownHead, rate }: Liveliness, leans: number, motion: Float32Array): void {
    this.#ageS += this.#stepS;
    this.#untilS -= this.#stepS * rate;
    this.#accent = 0;
    this.#turns = 0;
    if (voice.forS === 0 && this.#untilS < 2 && this.#ageS > this.#takesS)
      this.#untilS = Math.min(this.#untilS, this.#between(PHRASE_AFTER_S));
    if (this.#untilS <= 0) this.#settle(size);
    if (voice.stress > 0 && this.#beats.length < MOST_BEATS) this.#maybeBeat(voice.stress, size, rate);
    this.#speaking += (this.#stepS / SPEAKING_EASE_S) * ((voice.speaking ? 1 : SWAY_IN_SILENCE) - this.#speaking);
    const share = minimumJerk(this.#ageS / this.#takesS);
    INDICES.forEach((index, axis) => {
      let offset = this.#from[axis]! + share * (this.#to[axis]! - this.#from[axis]!);
      offset += size * SWAY[axis]! * this.#speaking * this.#sway[axis]!.step();
      offset += size * DRIFT[axis]! * this.#drift[axis]!.step();
      for (const beat of this.#beats) offset += beat.size[axis]! * beatAt(beat);
      if (index === MOTION_INDEX.headDistance) offset *= leans;
      motion[index] =
        REST[axis]! +
        (motion[index]! - REST[axis]!) * OWN[axis]! * (index === MOTION_INDEX.headDistance ? 1 : ownHead) +
        offset;
    });
    for (const beat of this.#beats) beat.ageS += this.#stepS;
    this.#beats = this.#beats.filter(({ ageS, lastsS }) => ageS < lastsS);
  }

  #settle(size: number): void {
    const share = minimumJerk(this.#ageS / this.#takesS);
    this.#from = this.#from.map((from, axis) => from + share * (this.#to[axis]! - from));
    this.#to = POSTURE.map((spread) => size * spread * this.#random.normal());
    this.#turns = Math.hypot(...[0, 1, 2].map((axis) => this.#to[axis]! - this.#from[axis]!));
    this.#takesS = this.#between(POSTURE_TAKES_S) + TAKES_S_PER_DEG * this.#turns;
    this.#ageS = 0;
    this.#untilS = this.#between(POSTURE_LASTS_S);
  }

  #maybeBeat(stress: number, size: number, rate: number): void {
    const random = this.#random;
    if (random.uniform() >= BEAT_AT_STRESS * rate * stress) return;
    const strength = size * (0.4 + 0.8 * stress);
    this.#accent = stress;
    const upward = random.uniform() < 0.2 ? -0.7 : 1;
    this.#beats.push({
      size: BEAT.map((part, axis) => part * strength * (axis === 1 || axis === 4 ? upward : random.normal())),
      lastsS: this.#between(BEAT_S),
      ageS: 0,
    });
  }

  #between([least, most]: readonly [number, number]): number {
    return least + (most - least) * this.#random.uniform();
  }
}

/** Out and back, level at both ends. */
function beatAt({ ageS, lastsS }: Beat): number {
  const x = ageS / lastsS;
  return x >= 1 ? 0 : Math.sin(Math.PI * x) ** 2 * (1.25 - 0.5 * x);
}
