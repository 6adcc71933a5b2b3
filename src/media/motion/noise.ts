import { seededRandom } from '../../base/random.ts';
import type { MotionManifest } from './manifest.ts';

/** What sampling starts from. The noise of a hop depends on the seed and the hop alone, whatever came before. */
export class NoiseSource {
  readonly #seed: number;
  /** Per value of a token. */
  readonly #scale: Float32Array;

  constructor({ motion, sampler }: MotionManifest, seed: number) {
    this.#seed = seed;
    const perFrame = motion.channels.map((channel) =>
      sampler.mouthChannels.includes(channel) ? sampler.mouthNoiseScale : 1,
    );
    this.#scale = Float32Array.from(Array.from({ length: motion.framesPerHop }, () => perFrame).flat());
  }

  /** @param token - `[tokenDims]`, overwritten. */
  fill(hop: number, token: Float32Array): void {
    const random = seededRandom(this.#seed, hop);
    for (let index = 0; index < token.length; index++) token[index] = random.normal() * this.#scale[index]!;
  }
}
