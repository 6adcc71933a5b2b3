import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { Resampler } from '../../media/audio/resampler.ts';
import { MotionStream } from '../../media/motion-stream.ts';
import { hopUs } from '../../media/motion/manifest.ts';
import { MOTION_DIMS } from '../../media/motion-space.ts';
import type { MotionEngine } from '../../native/model/motion-engine.ts';
import type { TimedControl } from './control-options.ts';

export interface AnimationOptions {
  readonly engine: MotionEngine;
  readonly seed: number;
  readonly framesPerSecond: number;
  /** In order of time. */
  readonly controls: readonly TimedControl[];
  /** Of the sound that will be pushed. */
  readonly sampleRateHz: number;
}

/**
 * Sound from a file into one motion frame per picture: the stream of a live call, run as fast as the machine can. How
 * the sound is cut does not matter.
 */
export class Animation {
  readonly #options: AnimationOptions;
  readonly #stream: MotionStream;
  readonly #resampler: Resampler;
  readonly #hopSamples: number;
  #nextControl = 0;
  #frameCount = 0;
  #heardSamples = 0;

  constructor(options: AnimationOptions) {
    const { engine, seed, sampleRateHz } = options;
    const { manifest } = engine;
    this.#options = options;
    this.#stream = new MotionStream({ manifest, seed });
    this.#resampler = new Resampler(sampleRateHz, manifest.features.sampleRateHz);
    this.#hopSamples = Math.round((hopUs(manifest) * manifest.features.sampleRateHz) / US_PER_S);
  }

  /** Length of the pictures of all the sound so far: the sound's, up to the next whole picture. */
  get durationUs(): MediaTimeUs {
    return this.#timeOf(this.#soundFrames());
  }

  /** @returns the frames that are certain now. */
  async push(samples: Float32Array): Promise<MotionFrame[]> {
    this.#heardSamples += samples.length;
    return this.#hear(this.#resampler.push(samples));
  }

  /** @returns the frames up to the end of the sound, the last of which may reach beyond it. */
  async flush(): Promise<MotionFrame[]> {
    const frames = await this.#hear(this.#resampler.flush());
    const silence = new Float32Array(this.#hopSamples);
    const total = this.#soundFrames();
    while (this.#frameCount < total) frames.push(...(await this.#hear(silence)));
    return frames;
  }

  async #hear(samples: Float32Array): Promise<MotionFrame[]> {
    const frames: MotionFrame[] = [];
    for (let start = 0; start < samples.length; start += this.#hopSamples) {
      this.#stream.push(samples.subarray(start, start + this.#hopSamples));
      this.#say(this.#stream.newestUs);
      for (let job = this.#stream.due(); job !== undefined; job = this.#stream.due()) {
        const [result] = await this.#options.engine.run([job]);
        if (result !== undefined) this.#stream.accept(result);
        this.#collect(frames);
        this.#say(this.#stream.newestUs);
      }
    }
    return frames;
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
