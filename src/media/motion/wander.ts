import type { Random } from '../../base/random.ts';

/**
 * A number that wanders about 0 with standard deviation 1 and forgets where it was in about `memoryS`, without corners:
 * an Ornstein-Uhlenbeck process, followed by a spring that takes its quick part off.
 */
export class Wander {
  readonly #random: Random;
  readonly #keep: number;
  readonly #follow: number;
  readonly #gain: number;
  #target: number;
  #between: number;
  #value: number;

  constructor(random: Random, memoryS: number, stepS: number) {
    this.#random = random;
    this.#keep = Math.exp(-stepS / memoryS);
    // Two followers in a row, each a quarter as slow as the process: what they take off its spread is given back.
    const followS = memoryS / 4;
    this.#follow = 1 - Math.exp(-stepS / followS);
    this.#gain = (memoryS + followS) / memoryS / 0.9;
    this.#target = random.normal();
    this.#between = this.#target;
    this.#value = this.#target;
  }

  step(): number {
    this.#target = this.#keep * this.#target + Math.sqrt(1 - this.#keep ** 2) * this.#random.normal();
    this.#between += this.#follow * (this.#target - this.#between);
    this.#value += this.#follow * (this.#between - this.#value);
    return this.#gain * this.#value;
  }
}
