import { conditionDims, tokenDims, type MotionManifest } from './manifest.ts';
import type { MotionJob } from './motion-job.ts';

/** Lays a job's parts over one buffer, and uses again the buffer that came home. */
export class JobWriter {
  readonly #lengths: Readonly<Record<'encoderState' | 'context', number>>;
  /** Of one hop. */
  readonly #dims: Readonly<Record<'mel' | 'features' | 'token' | 'condition', number>>;
  readonly #contextTokens: number;
  #spare: ArrayBuffer | undefined;

  constructor(manifest: MotionManifest) {
    const { features, motion, encoder } = manifest;
    this.#contextTokens = motion.contextTokens;
    this.#lengths = { encoderState: encoder.stateLength, context: motion.contextTokens * tokenDims(manifest) };
    this.#dims = {
      mel: encoder.melFramesPerHop * features.melBins,
      features: encoder.featureDims,
      token: tokenDims(manifest),
      condition: conditionDims(manifest),
    };
  }

  /** @returns a job whose views hold anything. */
  open(job: Pick<MotionJob, 'serial' | 'hop' | 'hops' | 'melHops' | 'guidance'>): MotionJob {
    const lengths = {
      ...this.#lengths,
      token: job.hops * this.#dims.token,
      features: (this.#contextTokens + job.hops) * this.#dims.features,
      condition: job.hops * this.#dims.condition,
      mel: job.melHops * this.#dims.mel,
    };
    const floats = Object.values(lengths).reduce((sum, length) => sum + length, 0);
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
      context: view(lengths.context),
      token: view(lengths.token),
      features: view(lengths.features),
      condition: view(lengths.condition),
      mel: view(lengths.mel),
    };
  }

  /** Takes a job's buffer back: nobody looks at the job any more. */
  bringHome({ buffer }: MotionJob): void {
    this.#spare = buffer;
  }
}
