import { assert } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { guidedFilter } from '../../media/portrait/guided-filter.ts';
import { sampleRegion, type Picture } from '../../media/portrait/picture.ts';
import { readFaceAssets, type FaceAssets } from './face-assets.ts';
import { OnnxSession } from './onnx-session.ts';
import { onnxOfTflite } from './tflite-onnx.ts';
import { readTflite } from './tflite-reader.ts';

const NET_SIDE = 256;

/** Tells the person from the background in a square picture. */
export class PersonMatte implements Closable {
  readonly #net: OnnxSession;

  private constructor(net: OnnxSession) {
    this.#net = net;
  }

  /** @throws AvatarError `BUNDLE_INCOMPLETE` or `BUNDLE_FOREIGN` when the package is not as it should be. */
  static async open(assets?: FaceAssets): Promise<PersonMatte> {
    const { matte } = assets ?? (await readFaceAssets());
    return new PersonMatte(await OnnxSession.open(onnxOfTflite(readTflite(matte))));
  }

  /**
   * @param picture - square, its side a multiple of 8.
   * @returns `[side, side]`, 0 background .. 255 person, with soft edges where the picture's own edges are.
   */
  async matte(picture: Picture): Promise<Uint8Array> {
    const side = picture.widthPx;
    assert(side === picture.heightPx && side % 8 === 0, 'the matte is cut from a square, a multiple of 8 a side');
    const values = new Float32Array(NET_SIDE * NET_SIDE * 3);
    const whole = { centreX: side / 2, centreY: side / 2, sidePx: side, angle: 0 };
    sampleRegion(picture, whole, NET_SIDE, values);
    const outputs = await this.#net.run({ input_1: { shape: [1, NET_SIDE, NET_SIDE, 3], values } });
    const coarse = outputs['activation_10']?.values;
    assert(coarse?.length === NET_SIDE * NET_SIDE, 'the matte net gives one value a pixel');
    const reduced = side > 640 ? side / 2 : side;
    // The window spans a hundredth of the picture, the width of the net's own uncertainty along an edge.
    const refined = guidedFilter(picture.rgba, enlarge(coarse, side), side, reduced, {
      radiusPx: Math.max(2, Math.round(reduced / 80)),
      epsilon: 2e-4,
    });
    return Uint8Array.from(refined, (value) => Math.round(255 * smoothStep(0.08, 0.92, value)));
  }

  close(): Promise<void> {
    return this.#net.close();
  }
}

function enlarge(coarse: Float32Array, side: number): Float32Array {
  const out = new Float32Array(side * side);
  const ratio = NET_SIDE / side;
  for (let y = 0; y < side; y++) {
    const v = Math.max(0, Math.min(NET_SIDE - 1.001, (y + 0.5) * ratio - 0.5));
    const top = Math.floor(v);
    for (let x = 0; x < side; x++) {
      const u = Math.max(0, Math.min(NET_SIDE - 1.001, (x + 0.5) * ratio - 0.5));
      const left = Math.floor(u);
      const at = top * NET_SIDE + left;
      const above = coarse[at]! + (u - left) * (coarse[at + 1]! - coarse[at]!);
      const below = coarse[at + NET_SIDE]! + (u - left) * (coarse[at + NET_SIDE + 1]! - coarse[at + NET_SIDE]!);
      out[y * side + x] = above + (v - top) * (below - above);
    }
  }
  return out;
}

function smoothStep(low: number, high: number, value: number): number {
  const t = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
