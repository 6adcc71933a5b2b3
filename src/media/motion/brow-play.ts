import type { Random } from '../../base/random.ts';
import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import { Episodes } from './episodes.ts';
import type { Pose } from './pose.ts';

/**
 * Chances that brows move: at a stressed syllable (times its stress), with which the head beats or does not; as a phrase
 * begins, where the pitch rises.
 */
const AT_STRESS = 0.12;
const AT_BEAT = 0.4;
const AT_PHRASE = 0.4;
const AT_RISE = 0.22;
/** A pitch that rises by this within a fifth of a second asks or insists, semitones. */
const RISING = 3;
/** A voice so far below its mean, semitones, furrows brows where one above it raises them. */
const LOW_VOICE = -1;
/** Thinking: in a pause that has lasted this long, by so much a second. */
const THINKING_AFTER_S = 0.35;
const THINKING_RATE = 0.5;
const IDLE_RATE = 0.06;
/** Brows do not begin a phrase at the very moment at which head and eyes do, s. */
const PHRASE_WAITS_S = 0.3;
/** After one movement has ended the next waits, s: two that overlap would look like a long one. */
const REST_S = 0.45;
/** The networks' own brows flick on accents: they are slowed to what a muscle does, s. */
const OWN_FOLLOW_S = 0.06;

const BROWS = ['browInnerUp', 'browOuterUpLeft', 'browOuterUpRight', 'browDownLeft', 'browDownRight'] as const;
const INDICES = BROWS.map((name: MotionChannel) => MOTION_INDEX[name]);

/** Kinds of movement with how often each is chosen, as they are at size 1. */
const RAISE: Pose = [
  ['browInnerUp', 0.6],
  ['browOuterUpLeft', 0.55],
  ['browOuterUpRight', 0.55],
  ['eyeWideLeft', 0.04],
  ['eyeWideRight', 0.04],
];
const RAISE_LEFT: Pose = [
  ['browInnerUp', 0.25],
  ['browOuterUpLeft', 0.65],
  ['browDownRight', 0.08],
];
const RAISE_RIGHT: Pose = [
  ['browInnerUp', 0.25],
  ['browOuterUpRight', 0.65],
  ['browDownLeft', 0.08],
];
const INNER: Pose = [
  ['browInnerUp', 0.7],
  ['browDownLeft', 0.12],
  ['browDownRight', 0.12],
];
const FURROW: Pose = [
  ['browDownLeft', 0.5],
  ['browDownRight', 0.5],
  ['eyeSquintLeft', 0.15],
  ['eyeSquintRight', 0.15],
];

const SPOKEN: readonly (readonly [Pose, number])[] = [
  [RAISE, 0.62],
  [RAISE_LEFT, 0.08],
  [RAISE_RIGHT, 0.06],
  [INNER, 0.1],
  [FURROW, 0.14],
];
const THOUGHT: readonly (readonly [Pose, number])[] = [
  [RAISE, 0.3],
  [RAISE_LEFT, 0.1],
  [RAISE_RIGHT, 0.1],
  [INNER, 0.15],
  [FURROW, 0.35],
];

/** Brows that rise, one or both, and furrow, and stay so for a while. */
export class BrowPlay {
  readonly #random: Random;
  readonly #stepS: number;
  readonly #episodes = new Episodes();
  readonly #own = new Float32Array(INDICES.length);
  readonly #between = new Float32Array(INDICES.length);
  #restedS = 0;

  constructor(random: Random, stepS: number) {
    this.#random = random;
    this.#stepS = stepS;
  }

  /** @param size - 1 as people's. @param rate - how often, 1 as people. @param beats - whether the head begins a beat. */
  step(voice: VoiceMoment, size: number, rate: number, beats: boolean, motion: Float32Array): void {
    this.#slow(motion);
    this.#restedS += this.#stepS;
    const chance = this.#restedS < REST_S ? 0 : rate * chanceOf(voice, beats, this.#stepS);
    if (chance > 0 && this.#random.uniform() < chance) this.#move(voice, size);
    this.#episodes.step(this.#stepS, motion);
  }

  #slow(motion: Float32Array): void {
    const share = this.#stepS / OWN_FOLLOW_S;
    INDICES.forEach((index, at) => {
      this.#between[at]! += share * (motion[index]! - this.#between[at]!);
      this.#own[at]! += share * (this.#between[at]! - this.#own[at]!);
      motion[index] = this.#own[at]!;
    });
  }

  #move(voice: VoiceMoment, size: number): void {
    const random = this.#random;
    const at = random.uniform();
    // Furrows stand last in the list.
    const pose = chosen(voice.speaking ? SPOKEN : THOUGHT, voice.pitch < LOW_VOICE ? Math.sqrt(at) : at);
    // Sizes and holds of people are skewed: many small and short ones, few large and long.
    const strength = size * Math.min(1.8, 1.4 * Math.exp(0.4 * random.normal()));
    const holdS = Math.min(1.2, 0.06 * Math.exp(1.2 * random.normal()));
    // What rises higher takes longer.
    const riseS = 0.1 + 0.07 * strength + 0.1 * random.uniform();
    const fallS = 0.12 + 0.09 * strength + 0.2 * random.uniform();
    const waitS = voice.forS === 0 ? PHRASE_WAITS_S * random.uniform() : 0;
    this.#episodes.start({
      pose: pose.map(([channel, value]) => [channel, value * strength] as const),
      waitS,
      riseS,
      holdS,
      fallS,
    });
    this.#restedS = -(waitS + riseS + holdS + fallS);
  }
}

function chanceOf({ speaking, forS, stress, rise }: VoiceMoment, beats: boolean, stepS: number): number {
  if (!speaking) return stepS * (forS > THINKING_AFTER_S && forS < 2.5 ? THINKING_RATE : IDLE_RATE);
  if (forS === 0) return AT_PHRASE;
  if (stress === 0) return 0;
  return (beats ? AT_BEAT : AT_STRESS) * stress + (rise > RISING ? AT_RISE : 0);
}

function chosen(kinds: readonly (readonly [Pose, number])[], at: number): Pose {
  let left = at;
  for (const [pose, share] of kinds) {
    left -= share;
    if (left < 0) return pose;
  }
  return kinds[0]![0];
}
