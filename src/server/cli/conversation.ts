import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import { Resampler } from '../../media/audio/resampler.ts';
import { Prosody } from '../../media/features/prosody.ts';
import { Animation, type AnimationOptions } from './animation.ts';

/** How a voice sounds changes once in this time (`Prosody`). */
const PIECE_S = 0.02;
const PROSODY_RATE_HZ = 16_000;

/** Two of a kind: of the person on the left, and of the one on the right. */
export type Pair<T> = readonly [T, T];

export interface ConversationStep {
  /** Of both voices, equally long. */
  readonly samples: Pair<Float32Array>;
  /** The motion that is certain now, as many frames of each. */
  readonly frames: Pair<MotionFrame[]>;
}

export interface ConversationOptions {
  readonly voices: Pair<AsyncGenerator<Float32Array, void>>;
  readonly people: Pair<AnimationOptions>;
  /** Where each sees the other: yaw in degrees, own left positive. */
  readonly towardsDeg: Pair<number>;
}

/** Two people who hear each other, as in a call: who is silent listens. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #animations: Pair<Animation>;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#animations = [new Animation(options.people[0]), new Animation(options.people[1])];
  }

  /** Length of both motions so far. */
  get durationUs(): Animation['durationUs'] {
    return this.#animations[0].durationUs;
  }

  /** Goes on until both voices have ended. */
  async *steps(): AsyncGenerator<ConversationStep, void> {
    const { voices, people, towardsDeg } = this.#options;
    const { sampleRateHz } = people[0];
    const length = Math.round(sampleRateHz * PIECE_S);
    const pieces = [inPieces(voices[0], length), inPieces(voices[1], length)] as const;
    const ears = [0, 1].map(() => ({
      resampler: new Resampler(sampleRateHz, PROSODY_RATE_HZ),
      prosody: new Prosody(PROSODY_RATE_HZ),
    }));
    for (let piece = 0; ; piece++) {
      const next = [await pieces[0].next(), await pieces[1].next()] as const;
      if (next[0].done === true && next[1].done === true) break;
      const samples = [next[0].value ?? new Float32Array(length), next[1].value ?? new Float32Array(length)] as const;
      ears.forEach(({ resampler, prosody }, person) => {
        prosody.push(resampler.push(samples[person]!));
      });
      const at = mediaTimeUs(piece * PIECE_S * US_PER_S);
      this.#animations.forEach((animation, person) => {
        const voice = ears[1 - person]!.prosody.newest();
        animation.hear({ voice, towards: { yaw: towardsDeg[person]!, pitch: 0 } }, at);
      });
      const frames = [await this.#animations[0].push(samples[0]), await this.#animations[1].push(samples[1])] as const;
      yield { samples, frames };
    }
    const silence = new Float32Array(0);
    const frames = [await this.#animations[0].flush(), await this.#animations[1].flush()] as const;
    yield { samples: [silence, silence], frames };
  }
}

/** Cuts a sound into pieces of one length, the last filled up with silence. */
async function* inPieces(sound: AsyncIterable<Float32Array>, length: number): AsyncGenerator<Float32Array, void> {
  let piece = new Float32Array(length);
  let filled = 0;
  for await (const samples of sound) {
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(length - filled, samples.length - at);
      piece.set(samples.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < length) continue;
      yield piece;
      piece = new Float32Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield piece;
}
