import { mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { NoiseFloor } from './noise-floor.ts';

/** Longer than a stop's closure (about 100 ms) and the pause in a hesitant word. */
const HANGOVER_US = 300_000;
const BLOCK_US = 10_000;

/** Whether somebody speaks: loudness over an estimate of the room's noise, with a hangover. Any cutting gives the same. */
export class VoiceActivity {
  readonly #sampleRateHz: number;
  readonly #blockSamples: number;
  #energy = 0;
  #inBlock = 0;
  #blocks = 0;
  readonly #floor = new NoiseFloor(BLOCK_US / US_PER_S);
  #lastVoiceUs: MediaTimeUs | undefined;
  #silentSinceUs: MediaTimeUs | undefined = mediaTimeUs(0);

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#blockSamples = Math.round((sampleRateHz * BLOCK_US) / US_PER_S);
  }

  /** When the voice fell silent, or nothing while it is heard. */
  get silentSinceUs(): MediaTimeUs | undefined {
    return this.#silentSinceUs;
  }

  push(samples: Float32Array): void {
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index]!;
      if (Number.isFinite(sample)) this.#energy += sample * sample;
      if (++this.#inBlock < this.#blockSamples) continue;
      this.#judge(10 * Math.log10(this.#energy / this.#blockSamples + 1e-10));
      this.#energy = 0;
      this.#inBlock = 0;
    }
  }

  reset(): void {
    this.#energy = 0;
    this.#inBlock = 0;
    this.#blocks = 0;
    this.#floor.reset();
    this.#lastVoiceUs = undefined;
    this.#silentSinceUs = mediaTimeUs(0);
  }

  #judge(levelDbfs: number): void {
    this.#blocks++;
    const nowUs = mediaTimeUs((this.#blocks * this.#blockSamples * US_PER_S) / this.#sampleRateHz);
    if (this.#floor.isAbove(levelDbfs)) {
      this.#lastVoiceUs = nowUs;
      this.#silentSinceUs = undefined;
    } else if (this.#silentSinceUs === undefined && nowUs - (this.#lastVoiceUs ?? 0) >= HANGOVER_US) {
      this.#silentSinceUs = nowUs;
    }
  }
}
