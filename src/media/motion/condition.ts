import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG } from '../motion-space.ts';
import { conditionDims, type ConditionName, type ConditionSlice, type MotionManifest } from './manifest.ts';
import type { GuidanceTerm } from './motion-job.ts';

/** What a denoiser is told beside sound and past motion; what is not given, it chooses itself. */
export interface Wishes {
  /** Degrees, signs as in `motion-space.ts`. */
  readonly gaze?: { readonly yaw: number; readonly pitch: number };
  /** Ratio, 1 as enrolled. */
  readonly distance?: number;
  /** Strengths 0..1 of happy, sad, angry, surprised, afraid, disgusted, neutral. */
  readonly emotion?: readonly number[];
  /** 0 calm .. 1 lively. */
  readonly arousal?: number;
  /** Scales that differ from the bundle's own. */
  readonly guidance?: Readonly<Partial<Record<ConditionName, number>>>;
}

/** Ratio to 1 that the condition calls 1 (`models/README.md`). */
const DISTANCE_STEP = 0.25;
/** A scale smaller than this changes no frame by what can be seen, and would cost a row. */
const NO_SCALE = 0.01;

/** Writes wishes as the condition vector that a bundle's manifest lays out. */
export class ConditionWriter {
  readonly #slices: readonly ConditionSlice[];
  readonly #dims: number;
  readonly #guidance: Readonly<Partial<Record<ConditionName, number>>>;

  constructor(manifest: MotionManifest) {
    this.#slices = manifest.denoiser.condition;
    this.#dims = conditionDims(manifest);
    this.#guidance = manifest.sampler.guidance;
  }

  /** @param condition - `[conditionDims]`, overwritten. */
  write(wishes: Wishes, condition: Float32Array): void {
    condition.fill(0, 0, this.#dims);
    for (const slice of this.#slices) {
      const values = valuesOf(slice.name, wishes);
      if (values === undefined) continue;
      condition.set(values.slice(0, slice.length - 1), slice.offset);
      condition[slice.offset + slice.length - 1] = 1;
    }
  }

  /** @returns what is to be guided: conditions that are given and whose scale is not 0. */
  guidance(wishes: Wishes): GuidanceTerm[] {
    return this.#slices.flatMap(({ name }) => {
      const scale = wishes.guidance?.[name] ?? this.#guidance[name] ?? 0;
      return Math.abs(scale) >= NO_SCALE && valuesOf(name, wishes) !== undefined ? [{ condition: name, scale }] : [];
    });
  }
}

/** @returns the slice's values without its flag, or nothing when it is not given. Sound and past motion always are. */
function valuesOf(name: ConditionName, { gaze, distance, emotion, arousal }: Wishes): readonly number[] | undefined {
  switch (name) {
    case 'gaze':
      return gaze && [gaze.yaw / GAZE_YAW_LIMIT_DEG, gaze.pitch / GAZE_PITCH_LIMIT_DEG];
    case 'distance':
      return distance === undefined ? undefined : [(distance - 1) / DISTANCE_STEP];
    case 'emotion':
      return emotion;
    case 'arousal':
      return arousal === undefined ? undefined : [arousal];
    case 'audio':
    case 'context':
      return [];
  }
}
