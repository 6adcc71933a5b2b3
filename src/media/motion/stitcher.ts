import { US_PER_S } from '../../base/timeline.ts';
import { MOTION_DIMS, MOTION_INDEX, restMotion } from '../motion-space.ts';
import { BLINK_INDICES, HEAD_INDICES, SPEECH_INDICES } from './channel-groups.ts';
import { tokenDims, type MotionManifest } from './manifest.ts';

/** Without news of the sound, lips relax as at the end of a word. */
const SPEECH_DECAY_US = 150_000;
/** Lids that were falling rise again. */
const BLINK_DECAY_US = 60_000;
/** A head goes on for a moment and comes to rest. */
const HEAD_DECAY_US = 80_000;

/**
 * Makes one motion out of hops: holds the tokens before as the next one's context, turns tokens into motion frames, goes
 * on plausibly where a hop is missing, and fades back into the model's motion over one hop.
 */
export class Stitcher {
  readonly #framesPerHop: number;
  readonly #frameUs: number;
  readonly #slots: readonly number[];
  readonly #mean: Float32Array;
  readonly #std: Float32Array;
  readonly #context: Float32Array;
  readonly #tokenDims: number;
  /** The newest frame made, and the head's movement in the frame before it. */
  #newest = restMotion();
  readonly #headVelocity = new Float32Array(HEAD_INDICES.length);
  #fading = false;

  constructor(manifest: MotionManifest) {
    const { motion } = manifest;
    this.#framesPerHop = motion.framesPerHop;
    this.#frameUs = US_PER_S / motion.framesPerSecond;
    this.#slots = motion.channels.map((channel) => MOTION_INDEX[channel]);
    this.#mean = Float32Array.from(motion.mean);
    this.#std = Float32Array.from(motion.std);
    this.#tokenDims = tokenDims(manifest);
    this.#context = new Float32Array(motion.contextTokens * this.#tokenDims);
  }

  /** `[contextTokens, tokenDims]` standardised, oldest first; zeros before the start. Only to be read. */
  get context(): Float32Array {
    return this.#context;
  }

  /** @param token - `[tokenDims]` standardised. @returns its frames, or nothing when it holds what is no number. */
  accept(token: Float32Array): Float32Array[] | undefined {
    if (!token.every(Number.isFinite)) return undefined;
    const frames = this.#framesOf(token);
    if (this.#fading) this.#fadeIn(frames);
    const faded = this.#fading;
    this.#fading = false;
    this.#remember(frames, faded ? this.#tokenOf(frames) : token);
    return frames;
  }

  /** @returns a hop of frames that go on from the newest: speech and lids relax, the head comes to rest, the rest holds. */
  continue(): Float32Array[] {
    const frames = this.#continued();
    this.#fading = true;
    this.#remember(frames, this.#tokenOf(frames));
    return frames;
  }

  reset(): void {
    this.#context.fill(0);
    this.#newest = restMotion();
    this.#headVelocity.fill(0);
    this.#fading = false;
  }

  #framesOf(token: Float32Array): Float32Array[] {
    const channels = this.#slots.length;
    return Array.from({ length: this.#framesPerHop }, (_, frame) => {
      const motion = restMotion();
      for (let channel = 0; channel < channels; channel++) {
        const value = token[frame * channels + channel]!;
        motion[this.#slots[channel]!] = value * this.#std[channel]! + this.#mean[channel]!;
      }
      return motion;
    });
  }

  #tokenOf(frames: readonly Float32Array[]): Float32Array {
    const channels = this.#slots.length;
    const token = new Float32Array(this.#tokenDims);
    frames.forEach((motion, frame) => {
      for (let channel = 0; channel < channels; channel++) {
        const value = motion[this.#slots[channel]!]!;
        token[frame * channels + channel] = (value - this.#mean[channel]!) / this.#std[channel]!;
      }
    });
    return token;
  }

  #continued(): Float32Array[] {
    const speech = Math.exp(-this.#frameUs / SPEECH_DECAY_US);
    const blink = Math.exp(-this.#frameUs / BLINK_DECAY_US);
    const head = Math.exp(-this.#frameUs / HEAD_DECAY_US);
    let before = this.#newest;
    let pace = 1;
    return Array.from({ length: this.#framesPerHop }, () => {
      const motion = before.slice();
      for (const index of SPEECH_INDICES) motion[index] = motion[index]! * speech;
      for (const index of BLINK_INDICES) motion[index] = motion[index]! * blink;
      pace *= head;
      for (const [axis, index] of HEAD_INDICES.entries()) {
        motion[index] = motion[index]! + pace * this.#headVelocity[axis]!;
      }
      before = motion;
      return motion;
    });
  }

  #fadeIn(frames: readonly Float32Array[]): void {
    const continued = this.#continued();
    frames.forEach((motion, frame) => {
      const share = (frame + 1) / (frames.length + 1);
      for (let index = 0; index < MOTION_DIMS; index++) {
        motion[index] = share * motion[index]! + (1 - share) * continued[frame]![index]!;
      }
    });
  }

  #remember(frames: readonly Float32Array[], token: Float32Array): void {
    this.#context.copyWithin(0, this.#tokenDims);
    this.#context.set(token, this.#context.length - this.#tokenDims);
    for (const motion of frames) {
      for (const [axis, index] of HEAD_INDICES.entries()) {
        this.#headVelocity[axis] = motion[index]! - this.#newest[index]!;
      }
      this.#newest = motion.slice();
    }
  }
}
