import type { Random } from '../../base/random.ts';
import type { VoiceMoment } from '../voice-moment.ts';

/** A direction in the picture's frame, degrees: to the person's own left and up when positive. */
export interface GazeDirection {
  readonly yaw: number;
  readonly pitch: number;
}

/** Eyes rest on one point of the listener's face for about so long (Rayner 1998: 0.2 to 0.5 s; faces: longer), s. */
const FIXATION_S = 1.1;
/** Between the listener's eyes and mouth, degrees: a face an arm's length away. */
const FIXATION_YAW_DEG = 1.1;
const FIXATION_PITCH_DEG = 0.9;
/** Chance that the eyes leave as a phrase begins, and a second while the person thinks or says nothing for long. */
const LEAVE_AT_PHRASE = 0.35;
const LEAVE_THINKING = 0.45;
const LEAVE_SPEAKING = 0.15;
const LEAVE_IDLE = 0.1;
/** A pause of this length within what is said is thought, s. */
const THINKING_S = [0.35, 2.5] as const;
/** Away, s: 0.5 to 2 (Kendon 1967). */
const AWAY_S = [0.45, 1.5] as const;
/** A saccade takes about 50 ms (Bahill et al. 1975): so much of the way that is left, in 20 ms. */
const SACCADE_SHARE = 0.62;
const SACCADE_STEP_S = 0.02;

/** Where the eyes look when nobody has said where. */
export class GazePlay {
  readonly #random: Random;
  readonly #stepS: number;
  #fixation: GazeDirection = { yaw: 0, pitch: 0 };
  #away: GazeDirection | undefined;
  #leftS = 0;
  #fixedS = 0;
  #yaw = 0;
  #pitch = 0;
  #jumped = 0;

  constructor(random: Random, stepS: number) {
    this.#random = random;
    this.#stepS = stepS;
  }

  /** 1 while the eyes are elsewhere. */
  get away(): boolean {
    return this.#away !== undefined;
  }

  /** How far the eyes have jumped in this step, degrees; 0 while they rest. */
  get jumpedDeg(): number {
    return this.#jumped;
  }

  /** @returns where the eyes look now. @param towards - where somebody is seen who speaks to this person. */
  step(voice: VoiceMoment, rate: number, towards?: GazeDirection): GazeDirection {
    this.#leftS -= this.#stepS;
    this.#fixedS -= this.#stepS;
    const before = this.#target(towards);
    if (this.#away === undefined) this.#maybeLeave(voice, towards !== undefined, rate);
    else if (this.#leftS <= 0 || phraseEnds(voice)) this.#away = undefined;
    if (this.#fixedS <= 0) this.#fixate();
    const target = this.#target(towards);
    this.#jumped = Math.hypot(target.yaw - before.yaw, target.pitch - before.pitch);
    const share = 1 - (1 - SACCADE_SHARE) ** (this.#stepS / SACCADE_STEP_S);
    this.#yaw += share * (target.yaw - this.#yaw);
    this.#pitch += share * (target.pitch - this.#pitch);
    return { yaw: this.#yaw, pitch: this.#pitch };
  }

  #target(towards: GazeDirection | undefined): GazeDirection {
    const { yaw, pitch } = this.#away ?? towards ?? { yaw: 0, pitch: 0 };
    return { yaw: yaw + this.#fixation.yaw, pitch: pitch + this.#fixation.pitch };
  }

  #maybeLeave(voice: VoiceMoment, listening: boolean, rate: number): void {
    const random = this.#random;
    if (random.uniform() >= (listening ? 0.3 : 1) * rate * leaving(voice, this.#stepS)) return;
    const side = random.uniform() < 0.5 ? -1 : 1;
    const thinks = random.uniform();
    this.#away = {
      yaw: side * (2.5 + 3.5 * random.uniform()),
      // Up and aside, level, or down: people who think do each.
      pitch: thinks < 0.3 ? 3 + 3 * random.uniform() : thinks < 0.6 ? 0 : -4 - 5 * random.uniform(),
    };
    const [shortest, longest] = AWAY_S;
    this.#leftS = shortest + (longest - shortest) * random.uniform() ** 1.5;
  }

  #fixate(): void {
    const random = this.#random;
    this.#fixation = { yaw: FIXATION_YAW_DEG * random.normal(), pitch: FIXATION_PITCH_DEG * random.normal() };
    this.#fixedS = FIXATION_S * (0.35 + 1.3 * random.uniform());
  }
}

function leaving({ speaking, forS }: VoiceMoment, stepS: number): number {
  if (speaking) return forS === 0 ? LEAVE_AT_PHRASE : LEAVE_SPEAKING * stepS;
  return (forS > THINKING_S[0] && forS < THINKING_S[1] ? LEAVE_THINKING : LEAVE_IDLE) * stepS;
}

function phraseEnds({ speaking, forS }: VoiceMoment): boolean {
  return !speaking && forS === 0;
}
