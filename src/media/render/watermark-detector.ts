import { assert } from '../../base/errors.ts';
import { BEAT_HZ, BLOCKS, watermarkPhases, type WatermarkKey } from './watermark-key.ts';

/**
 * A score above this says "marked". Without the mark, secret phases make the score follow chance whatever the film
 * shows: it is `sqrt(-2 ln p)` of the probability p, so 5.5 is passed by one film in 3.7 million; rates on real
 * pictures: `bench/watermark.ts`.
 */
export const WATERMARK_THRESHOLD = 5.5;

export interface WatermarkVerdict {
  /** Near 1 without the mark, and 0 where there is too little to tell. */
  readonly score: number;
  readonly marked: boolean;
  readonly frames: number;
  /** What was looked at is too short to say anything. */
  readonly tooShort: boolean;
}

/** One picture of a film, as the mark is looked for in it. */
export interface LumaAndBlue {
  readonly luma: Uint8Array;
  /** How blue each pixel is, in as many samples as the luma; any one value where the film has no colours. */
  readonly cb: Uint8Array;
}

/** Where in a frame the picture lies, in pixels. */
export interface PictureBox {
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Each block carries the mark in its luma, and once more in how blue it is. */
const CARRIERS = 2 * BLOCKS * BLOCKS;
/** Film is judged in stretches of about this length, so that a cut spoils one of them only. */
const STRETCH_S = 5;
/** Too few beats to tell from chance. */
const SHORTEST_S = 1.5;

/** Looks for one key's mark in a film; five seconds are enough after VP8 at 300 kbit/s. */
export class WatermarkDetector {
  readonly #phases: Float64Array;
  readonly #framesPerSecond: number;
  readonly #frames: Float32Array[] = [];
  #filter?: Filter;

  /** @param framesPerSecond - of the pictures to come, at least 11. */
  constructor(key: WatermarkKey, framesPerSecond: number) {
    assert(framesPerSecond > 2 * BEAT_HZ, 'the pictures are shown fast enough to see the beat');
    this.#phases = Float64Array.of(...watermarkPhases(key, 'luma'), ...watermarkPhases(key, 'blue'));
    this.#framesPerSecond = framesPerSecond;
  }

  /**
   * Takes the next picture.
   * @param picture - its planes are `[rows, rowPx]`.
   * @param box - where the whole marked picture lies in it, neither cropped nor turned, at least 64 px a side.
   */
  push({ luma, cb }: LumaAndBlue, rowPx: number, box: PictureBox): void {
    assert(Math.min(box.widthPx, box.heightPx) >= 4 * BLOCKS, 'a checker field is at least two pixels');
    assert(luma.length >= rowPx * (box.top + box.heightPx - 1) + box.left + box.widthPx, 'the box lies in the plane');
    assert(cb.length === luma.length, 'luma and blue are of one picture');
    const { widthPx, heightPx } = box;
    if (this.#filter?.widthPx !== widthPx || this.#filter.heightPx !== heightPx) this.#filter = filterFor(box);
    const blocks = new Float32Array(CARRIERS);
    measureBlocks(luma, rowPx, box, this.#filter, blocks.subarray(0, CARRIERS / 2));
    measureBlocks(cb, rowPx, box, this.#filter, blocks.subarray(CARRIERS / 2));
    this.#frames.push(blocks);
  }

  verdict(): WatermarkVerdict {
    const frames = this.#frames.length;
    const seconds = frames / this.#framesPerSecond;
    if (seconds < SHORTEST_S) return { score: 0, marked: false, frames, tooShort: true };
    const stretches = Math.max(1, Math.round(seconds / STRETCH_S));
    let power = 0;
    for (let i = 0; i < stretches; i++) {
      const [from, to] = [i, i + 1].map((edge) => Math.round((edge * frames) / stretches));
      power += this.#power(this.#frames.slice(from, to));
    }
    const score = Math.sqrt(2 * surprise(power, stretches));
    return { score, marked: score > WATERMARK_THRESHOLD, frames, tooShort: false };
  }

  reset(): void {
    this.#frames.length = 0;
  }

  /**
   * When a film begins is not known, but it turns all blocks' phases alike: after each block's own secret phase is
   * taken off, marked blocks point one way, whichever.
   * @returns an exponentially distributed number of mean 1 without the mark, at most `CARRIERS`.
   */
  #power(frames: readonly Float32Array[]): number {
    const still = withoutTrend(frames);
    const aside = Math.max(0.6, (2.5 * this.#framesPerSecond) / frames.length);
    const at = spectrum(still, BEAT_HZ / this.#framesPerSecond);
    const below = spectrum(still, (BEAT_HZ - aside) / this.#framesPerSecond);
    const above = spectrum(still, (BEAT_HZ + aside) / this.#framesPerSecond);
    const noise = Float64Array.from(at.real, (_, block) => Math.sqrt((size2(below, block) + size2(above, block)) / 2));
    const floors = [0, 1].map(
      (plane) => 0.5 * medianOf(noise.subarray((plane * CARRIERS) / 2, ((plane + 1) * CARRIERS) / 2)),
    );
    let [real, imaginary, energy] = [0, 0, 0];
    for (let block = 0; block < CARRIERS; block++) {
      // What moves in a block at other rates than the beat is noise; and no block may outvote the others.
      const size = Math.sqrt(size2(at, block));
      const floor = floors[block < CARRIERS / 2 ? 0 : 1]!;
      const scale = Math.min(1 / (noise[block]! + floor || 1), LIMIT / (size || 1));
      const [x, y] = [at.real[block]! * scale, at.imaginary[block]! * scale];
      const [cos, sin] = [Math.cos(this.#phases[block]!), Math.sin(this.#phases[block]!)];
      real += x * cos + y * sin;
      imaginary += y * cos - x * sin;
      energy += x * x + y * y;
    }
    return energy > 0 ? (real * real + imaginary * imaginary) / energy : 0;
  }
}

const LIMIT = 2;

function medianOf(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}

/** `-ln p` of the probability p that `count` exponential numbers of mean 1 sum to `power` or more. */
function surprise(power: number, count: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < count; k++) sum += term *= power / k;
  return Math.max(0, power - Math.log(sum));
}

interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

function size2({ real, imaginary }: Spectrum, block: number): number {
  return real[block]! ** 2 + imaginary[block]! ** 2;
}

/** @returns each block's component at a rate in cycles per frame, seen through a Hann window. */
function spectrum(frames: readonly Float64Array[], rate: number): Spectrum {
  const real = new Float64Array(CARRIERS);
  const imaginary = new Float64Array(CARRIERS);
  frames.forEach((blocks, frame) => {
    const weight = 1 - Math.cos((2 * Math.PI * (frame + 1)) / (frames.length + 1));
    const cos = weight * Math.cos(2 * Math.PI * rate * frame);
    const sin = -weight * Math.sin(2 * Math.PI * rate * frame);
    for (let block = 0; block < CARRIERS; block++) {
      real[block]! += cos * blocks[block]!;
      imaginary[block]! += sin * blocks[block]!;
    }
  });
  return { real, imaginary };
}

/** Takes each block's mean and slope over time away: what is left of still and slowly moving pictures is small. */
function withoutTrend(frames: readonly Float32Array[]): Float64Array[] {
  const mean = new Float64Array(CARRIERS);
  const slope = new Float64Array(CARRIERS);
  const middle = (frames.length - 1) / 2;
  const spread = (frames.length * (frames.length ** 2 - 1)) / 12;
  frames.forEach((blocks, frame) => {
    for (let block = 0; block < CARRIERS; block++) {
      mean[block]! += blocks[block]! / frames.length;
      slope[block]! += (blocks[block]! * (frame - middle)) / spread;
    }
  });
  return frames.map((blocks, frame) =>
    Float64Array.from(blocks, (value, block) => value - mean[block]! - slope[block]! * (frame - middle)),
  );
}

/** The mark's own shape along both sides of a picture: a matched filter, at any scale. */
interface Filter {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly across: Float32Array;
  readonly down: Float32Array;
}

function filterFor({ widthPx, heightPx }: PictureBox): Filter {
  const wave = (sidePx: number): Float32Array =>
    Float32Array.from({ length: sidePx }, (_, i) => Math.sin(((i + 0.5) / sidePx) * BLOCKS * 2 * Math.PI));
  return { widthPx, heightPx, across: wave(widthPx), down: wave(heightPx) };
}

/** Adds up how much of the checker each block of a plane shows: `blocks` is `[BLOCKS * BLOCKS]`, all 0 before. */
function measureBlocks(
  plane: Uint8Array,
  rowPx: number,
  box: PictureBox,
  { across, down }: Filter,
  blocks: Float32Array,
): void {
  const { left, top, widthPx, heightPx } = box;
  const sums = new Float64Array(BLOCKS);
  for (let y = 0; y < heightPx; y++) {
    sums.fill(0);
    const start = (top + y) * rowPx + left;
    for (let x = 0; x < widthPx; x++) sums[Math.floor((x * BLOCKS) / widthPx)]! += across[x]! * plane[start + x]!;
    const row = Math.floor((y * BLOCKS) / heightPx) * BLOCKS;
    for (let block = 0; block < BLOCKS; block++) blocks[row + block]! += sums[block]! * down[y]!;
  }
}
