import { clamp } from '../../base/ramp.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';

/** A voice so far over its mean takes the whole upper face along, dB. */
const LOUD_DB = 8;
/** Brows and lids rise with a loud syllable and come down more slowly (Guaïtella et al. 2009), s. */
const RISES_IN_S = 0.07;
const FALLS_IN_S = 0.18;
const BROWS_AT_LOUD = 0.15;
const LIDS_AT_LOUD = 0.06;
/** And with a jaw that drops, for each unit of it. */
const BROWS_AT_JAW = 0.2;
/** A smile that is felt has cheeks and lower lids (Ekman et al. 1990): their share of the smile, and how soon they follow, s. */
const CHEEKS_AT_SMILE = 1.1;
const LIDS_AT_SMILE = 0.25;
const SMILE_FOLLOWS_S = 0.08;
/** Corners that go down take the inner brows up and together. */
const INNER_BROWS_AT_FROWN = 0.35;
const BROWS_DOWN_AT_FROWN = 0.2;

const SMILE = [MOTION_INDEX.mouthSmileLeft, MOTION_INDEX.mouthSmileRight] as const;
const FROWN = [MOTION_INDEX.mouthFrownLeft, MOTION_INDEX.mouthFrownRight] as const;
const CHEEKS = [MOTION_INDEX.cheekSquintLeft, MOTION_INDEX.cheekSquintRight] as const;
const LOWER_LIDS = [MOTION_INDEX.eyeSquintLeft, MOTION_INDEX.eyeSquintRight] as const;
const WIDE = [MOTION_INDEX.eyeWideLeft, MOTION_INDEX.eyeWideRight] as const;
const BROWS_DOWN = [MOTION_INDEX.browDownLeft, MOTION_INDEX.browDownRight] as const;
const BROWS_OUT = [MOTION_INDEX.browOuterUpLeft, MOTION_INDEX.browOuterUpRight] as const;
const { browInnerUp, jawOpen } = MOTION_INDEX;

/** What brows, lids and cheeks do at the same moment as mouth and voice: a face moves as a whole. */
export class UpperFace {
  readonly #stepS: number;
  #loud = 0;
  #jaw = 0;
  readonly #smile = new Float32Array(2);
  #frown = 0;

  constructor(stepS: number) {
    this.#stepS = stepS;
  }

  /**
   * Adds it in place, in the networks' sizes.
   * @param size - of the brows, 1 as people's. @param own - 1, or less where a feeling is asked for.
   */
  step({ speaking, loudDb }: VoiceMoment, size: number, own: number, motion: Float32Array): void {
    this.#loud = this.#towards(this.#loud, speaking ? clamp(loudDb / LOUD_DB, 0, 1) : 0);
    this.#jaw = this.#towards(this.#jaw, motion[jawOpen]!);
    const follow = this.#stepS / SMILE_FOLLOWS_S;
    this.#frown += follow * ((motion[FROWN[0]]! + motion[FROWN[1]]!) / 2 - this.#frown);
    const frown = own * this.#frown;
    const up = size * own * (BROWS_AT_LOUD * this.#loud + BROWS_AT_JAW * this.#jaw);
    motion[browInnerUp]! += up + INNER_BROWS_AT_FROWN * frown;
    for (const side of [0, 1] as const) {
      this.#smile[side]! += follow * (motion[SMILE[side]]! - this.#smile[side]!);
      const smile = this.#smile[side]!;
      // Cheeks that have risen already are not raised twice.
      motion[CHEEKS[side]] = Math.max(motion[CHEEKS[side]]!, CHEEKS_AT_SMILE * smile);
      motion[LOWER_LIDS[side]] = Math.max(motion[LOWER_LIDS[side]]!, LIDS_AT_SMILE * smile);
      motion[BROWS_OUT[side]]! += up;
      motion[BROWS_DOWN[side]]! += BROWS_DOWN_AT_FROWN * frown;
      motion[WIDE[side]]! += LIDS_AT_LOUD * own * this.#loud;
    }
  }

  #towards(value: number, target: number): number {
    return value + (1 - Math.exp(-this.#stepS / (target > value ? RISES_IN_S : FALLS_IN_S))) * (target - value);
  }
}
