import type { MotionFrame } from '../../base/media.ts';
import { advance, mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { Resampler } from '../../media/audio/resampler.ts';
import { MotionStream } from '../../media/motion-stream.ts';
import { hopUs } from '../../media/motion/manifest.ts';
import type { OtherVoice } from '../../media/motion/listening-play.ts';
import type { MotionResult } from '../../media/motion/motion-job.ts';
import { MOTION_DIMS } from '../../media/motion-space.ts';
import type { MotionEngine, OnnxEncoder } from '../../native/model/motion-engine.ts';
import type { TimedControl } from './control-options.ts';

export interface AnimationOptions {
  readonly engine: MotionEngine;
  /** Hears the next hops on this thread while `engine` makes the last ones on another; without it `engine` does both. */
  readonly encoder?: OnnxEncoder;
  readonly seed: number;
  readonly framesPerSecond: number;
  /** In order of time. */
  readonly controls: readonly TimedControl[];
  /** Of the sound that will be pushed. */
  readonly sampleRateHz: number;
  /** 1 for sound that comes as it is spoken, so that no frame waits for later sound. */
  readonly hopsAtOnce?: number;
}

/** A third of a second: few enough for memory, so many that the way to the networks and back costs next to nothing. */
const FILE_HOPS_AT_ONCE = 8;
const PIECE_SAMPLES = 4096;

/**
 * Sound from a file into one motion frame per picture: the stream of a live call, run as fast as the machine can. How
 * the sound is cut does not matter.
 */
export class Animation {
  readonly #options: AnimationOptions;
  readonly #stream: MotionStream;
  readonly #resampler: Resampler;
  /** Sound that waits until it is a whole hop. */
  readonly #hop: Float32Array;
  readonly #hopsAtOnce: number;
  #filled = 0;
  #running: Promise<MotionResult[]> | undefined;
  #nextControl = 0;
  #frameCount = 0;
  #heardSamples = 0;

  constructor(options: AnimationOptions) {
    const { engine, seed, sampleRateHz } = options;
    const { manifest } = engine;
    this.#options = options;
    this.#hopsAtOnce = options.hopsAtOnce ?? FILE_HOPS_AT_ONCE;
    this.#stream = new MotionStream({ manifest, seed });
    this.#resampler = new Resampler(sampleRateHz, manifest.features.sampleRateHz);
    this.#hop = new Float32Array(Math.round((hopUs(manifest) * manifest.features.sampleRateHz) / US_PER_S));
  }

  /** Length of the pictures of all the sound so far: the sound's, up to the next whole picture. */
  get durationUs(): MediaTimeUs {
    return this.#timeOf(this.#soundFrames());
  }

  /** From `at` on, who else is heard; moments come in the order of their time, before the sound of that time. */
  hear(other: OtherVoice, at: MediaTimeUs): void {
    this.#stream.hear(other, at);
  }

  /** @returns the frames that are certain now. */
  async push(samples: Float32Array): Promise<MotionFrame[]> {
    this.#heardSamples += samples.length;
    const frames: MotionFrame[] = [];
    // In pieces: the networks begin on the first while the rest is still resampled.
    for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
      frames.push(...(await this.#hear(this.#resampler.push(samples.subarray(at, at + PIECE_SAMPLES)))));
    }
    return frames;
  }

  /** @returns the frames up to the end of the sound, the last of which may reach beyond it. */
  async flush(): Promise<MotionFrame[]> {
    const frames = await this.#hear(this.#resampler.flush());
    const silence = new Float32Array(this.#hop.length);
    const total = this.#soundFrames();
    while (this.#frameCount < total) frames.push(...(await this.#hear(silence)));
    await this.#running;
    return frames;
  }

  /** Passes sound on hop by hop, whatever its pieces: while one hop is being run, the next is made ready. */
  async #hear(samples: Float32Array): Promise<MotionFrame[]> {
    const frames: MotionFrame[] = [];
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(this.#hop.length - this.#filled, samples.length - at);
      this.#hop.set(samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.#hop.length) break;
      this.#filled = 0;
      this.#stream.push(this.#hop);
      // Decided by the sound alone, so that the same hops go together however the sound was cut.
      while (this.#stream.waitingHops >= this.#hopsAtOnce) {
        await this.#hearAhead();
        await this.#finishRun();
        // The networks work while this thread composes what they made, and hears on.
        this.#startRun();
        this.#collect(frames);
      }
    }
    return frames;
  }

  async #hearAhead(): Promise<void> {
    const { encoder } = this.#options;
    if (encoder === undefined) return;
    const hearing = this.#stream.hearing();
    if (hearing === undefined) return;
    await encoder.hear(hearing);
    this.#stream.heard(hearing);
  }

  #startRun(): void {
    const hopsUs = (this.#hopsAtOnce - 1) * hopUs(this.#options.engine.manifest);
    this.#say(advance(this.#stream.newestUs, hopsUs));
    const job = this.#stream.due(this.#hopsAtOnce);
    if (job === undefined) return;
    this.#running = this.#options.engine.run([job]);
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    this.#running.catch(() => undefined);
  }

  async #finishRun(): Promise<void> {
    const [result] = (await this.#running) ?? [];
    this.#running = undefined;
    if (result !== undefined) this.#stream.accept(result);
  }

  /** Takes every picture's motion that is made, as a live call does when it draws. */
  #collect(frames: MotionFrame[]): void {
    const total = this.#soundFrames();
    for (; this.#frameCount < total; this.#frameCount++) {
      const timeUs = this.#timeOf(this.#frameCount);
      if (timeUs > this.#stream.newestUs) return;
      this.#say(timeUs);
      const motion = new Float32Array(MOTION_DIMS);
      this.#stream.motionAt(timeUs, motion);
      frames.push({ timeUs, motion });
    }
  }

  /** Hands over the controls whose time has come. */
  #say(now: MediaTimeUs): void {
    const { controls } = this.#options;
    for (; this.#nextControl < controls.length; this.#nextControl++) {
      const { message, at } = controls[this.#nextControl]!;
      if (at > Math.max(0, now)) return;
      this.#stream.control(message, at);
    }
  }

  /** Pictures that begin within the sound so far. */
  #soundFrames(): number {
    const { framesPerSecond, sampleRateHz } = this.#options;
    return Math.ceil((this.#heardSamples * framesPerSecond) / sampleRateHz);
  }

  #timeOf(frame: number): MediaTimeUs {
    return mediaTimeUs((frame * US_PER_S) / this.#options.framesPerSecond);
  }
}
