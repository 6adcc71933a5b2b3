import { clamp, smoothstep } from '../../base/ramp.ts';
import type { Random } from '../../base/random.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import { Wander } from './wander.ts';

/** Blinks a second at rest, in talk, and as a phrase ends (Bentivoglio et al. 1997; Nakano and Kitazawa 2010). */
const RATE_RESTING = 0.27;
const RATE_TALKING = 0.38;
const AT_PHRASE_END = 0.3;
/** A large saccade takes the lids along (Evinger et al. 1994). */
const AT_SACCADE = 0.35;
const LARGE_SACCADE_DEG = 5;
/** So does a head that turns so far (Evinger et al. 1994). */
const AT_TURN = 0.4;
const LARGE_TURN_DEG = 6;
const SHORTEST_GAP_S = 0.45;
/** Some are only half, some come twice. */
const HALF_SHARE = 0.17;
const DOUBLE_SHARE = 0.08;
const DOUBLE_AFTER_S = 0.12;
/** Lids fall in about 80 ms and rise more slowly (Bentivoglio et al. 1997). */
const FALL_S = 0.085;
const RISE_S = [0.14, 0.22] as const;
const SHUT_S = [0.045, 0.08] as const;
/** How far lids follow eyes that look down by their whole range, and how far they rise with eyes that look up. */
const FOLLOW_DOWN = 0.35;
const FOLLOW_UP = 0.06;
/** Lids rest lower in thought. */
const THOUGHTFUL = 0.08;
const THOUGHTFUL_FOLLOW_S = 0.4;
/** How they come and go by themselves. */
const DRIFT = 0.045;
const DRIFT_MEMORY_S = 2;

interface Blink {
  readonly depth: number;
  readonly shutS: number;
  readonly riseS: number;
  ageS: number;
}

const { eyeBlinkLeft, eyeBlinkRight, eyeLookDownLeft, eyeLookUpLeft, eyeWideLeft, eyeWideRight } = MOTION_INDEX;

/** Blinks, and where the lids rest between them. */
export class LidPlay {
  readonly #random: Random;
  readonly #stepS: number;
  readonly #drift: Wander;
  #blink: Blink | undefined;
  #again = false;
  #sinceS = 0;
  #thought = 0;

  constructor(random: Random, stepS: number) {
    this.#random = random;
    this.#stepS = stepS;
    this.#drift = new Wander(random, DRIFT_MEMORY_S, stepS);
  }

  /**
   * Writes the lids in place of the networks'.
   * @param jumpedDeg - by the eyes in this step. @param turnsDeg - by the head, from this step on.
   * @param thinks - whether the eyes have left in thought.
   */
  step(voice: VoiceMoment, jumpedDeg: number, turnsDeg: number, thinks: boolean, motion: Float32Array): void {
    this.#sinceS += this.#stepS;
    if (this.#blink === undefined && this.#begins(voice, jumpedDeg, turnsDeg)) this.#begin();
    this.#thought += (this.#stepS / THOUGHTFUL_FOLLOW_S) * ((thinks ? THOUGHTFUL : 0) - this.#thought);
    const drift = DRIFT * this.#drift.step();
    const [down, up] = [motion[eyeLookDownLeft]!, motion[eyeLookUpLeft]!];
    const rest = clamp(FOLLOW_DOWN * down + this.#thought + drift, 0, 0.5);
    const shut = this.#blink === undefined ? 0 : shutAt(this.#blink);
    const lid = rest + (1 - rest) * shut;
    motion[eyeBlinkLeft] = lid;
    motion[eyeBlinkRight] = lid;
    for (const index of [eyeWideLeft, eyeWideRight]) {
      motion[index] = (motion[index]! + FOLLOW_UP * up + 0.4 * Math.max(0, -drift)) * (1 - shut);
    }
    if (this.#blink === undefined) return;
    this.#blink.ageS += this.#stepS;
    if (this.#blink.ageS < FALL_S + this.#blink.shutS + this.#blink.riseS) return;
    this.#blink = undefined;
    this.#sinceS = this.#again ? SHORTEST_GAP_S - DOUBLE_AFTER_S : 0;
  }

  #begins({ speaking, forS }: VoiceMoment, jumpedDeg: number, turnsDeg: number): boolean {
    if (this.#sinceS < SHORTEST_GAP_S) return false;
    if (this.#again) return true;
    const rate = (speaking ? RATE_TALKING : RATE_RESTING) * this.#stepS;
    const ends = !speaking && forS === 0 ? AT_PHRASE_END : 0;
    const jumps = jumpedDeg > LARGE_SACCADE_DEG ? AT_SACCADE : 0;
    const turns = turnsDeg > LARGE_TURN_DEG ? AT_TURN : 0;
    return this.#random.uniform() < rate + ends + jumps + turns;
  }

  #begin(): void {
    const random = this.#random;
    const between = ([least, most]: readonly [number, number]): number => least + (most - least) * random.uniform();
    const half = random.uniform() < HALF_SHARE;
    this.#blink = {
      depth: half ? 0.5 + 0.25 * random.uniform() : 1,
      shutS: between(SHUT_S),
      riseS: between(RISE_S),
      ageS: 0,
    };
    this.#again = !this.#again && random.uniform() < DOUBLE_SHARE;
  }
}

function shutAt({ depth, shutS, riseS, ageS }: Blink): number {
  const fallen = smoothstep(0, FALL_S, ageS);
  const risen = clamp((ageS - FALL_S - shutS) / riseS, 0, 1);
  // Quick at first, slow at the end.
  return depth * fallen * (1 - risen) ** 1.6;
}
