import { smoothstep } from '../../base/ramp.ts';
import { seededRandom } from '../../base/random.ts';
import { US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';

/** One smile in each stretch of this length, so that any moment's is known without what came before. */
const STRETCH_US = 8 * US_PER_S;
const SHORTEST_US = 1.6 * US_PER_S;
const LONGEST_US = 3.6 * US_PER_S;
const FAINTEST = 0.2;
const BROADEST = 0.5;
/** Shares of its length. A smile comes faster than it goes. */
const ONSET = 0.25;
const OFFSET = 0.5;
/** Fainter than this is not seen. */
const LEAST = 0.02;
/** Sets these sequences apart from those of the noise, which number hops from 0. */
const FIRST_STREAM = 1 << 30;

/** The smiles that come and go by themselves on a face of which no feeling is asked. */
export class PassingSmiles {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** @returns how strongly it smiles, 0..1; undefined between smiles. */
  at(timeUs: MediaTimeUs): number | undefined {
    const stretch = Math.floor(timeUs / STRETCH_US);
    const strength = Math.max(this.#strength(stretch, timeUs), this.#strength(stretch - 1, timeUs));
    return strength > LEAST ? strength : undefined;
  }

  #strength(stretch: number, timeUs: MediaTimeUs): number {
    if (stretch < 0) return 0;
    const random = seededRandom(this.#seed, FIRST_STREAM + stretch);
    const beganUs = (stretch + random.uniform()) * STRETCH_US;
    const lastsUs = SHORTEST_US + random.uniform() * (LONGEST_US - SHORTEST_US);
    const peak = FAINTEST + random.uniform() * (BROADEST - FAINTEST);
    const share = (timeUs - beganUs) / lastsUs;
    return peak * smoothstep(0, ONSET, share) * smoothstep(1, 1 - OFFSET, share);
  }
}
