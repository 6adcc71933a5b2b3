import { conditionDims, tokenDims, type MotionManifest } from './manifest.ts';
import type { MotionJob } from './motion-job.ts';

/** Lays a job's parts over one buffer, and uses again the buffer that came home. */
export class JobWriter {
  readonly #lengths: Readonly<Record<'encoderState' | 'features' | 'context' | 'token' | 'condition', number>>;
  readonly #melLength: number;
  #spare: ArrayBuffer | undefined;

  constructor(manifest: MotionManifest) {
    const { features, motion, encoder } = manifest;
    this.#melLength = encoder.melFramesPerHop * features.melBins;
    this.#lengths = {
      encoderState: encoder.stateLength,
      features: (motion.contextTokens + 1) * encoder.featureDims,
      context: motion.contextTokens * tokenDims(manifest),
      token: tokenDims(manifest),
      condition: conditionDims(manifest),
    };
  }

  /** @returns a job whose views hold anything. */
  open(job: Pick<MotionJob, 'serial' | 'hop' | 'melHops' | 'guidance'>): MotionJob {
    const lengths = this.#lengths;
    const melLength = job.melHops * this.#melLength;
    const floats = Object.values(lengths).reduce((sum, length) => sum + length, melLength);
    const bytes = floats * Float32Array.BYTES_PER_ELEMENT;
    const buffer = this.#spare?.byteLength === bytes ? this.#spare : new ArrayBuffer(bytes);
    this.#spare = undefined;
    let offset = 0;
    const view = (length: number): Float32Array => {
      const start = offset;
      offset += length * Float32Array.BYTES_PER_ELEMENT;
      return new Float32Array(buffer, start, length);
    };
    return {
      ...job,
      buffer,
      encoderState: view(lengths.encoderState),
      features: view(lengths.features),
      context: view(lengths.context),
      token: view(lengths.token),
      condition: view(lengths.condition),
      mel: view(melLength),
    };
  }

  /** Takes a job's buffer back: nobody looks at the job any more. */
  bringHome({ buffer }: MotionJob): void {
    this.#spare = buffer;
  }
}
