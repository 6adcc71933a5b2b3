import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoder } from '../face-codec.ts';
import { Watermark } from './watermark.ts';

/** The mark of one avatar, key and size, which all its decoders may share: the first that draws lays it out. */
export interface MarkPlace {
  watermark?: Watermark;
}

/**
 * @returns a decoder whose pictures carry the key's mark, whichever codec draws them; `decoder` itself without a key.
 */
export function marked(decoder: FaceDecoder, watermarkKey: string | undefined, place: MarkPlace = {}): FaceDecoder {
  return watermarkKey === undefined ? decoder : new MarkedDecoder(decoder, watermarkKey, place);
}

class MarkedDecoder implements FaceDecoder {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #decoder: FaceDecoder;
  readonly #key: string;
  readonly #place: MarkPlace;

  constructor(decoder: FaceDecoder, key: string, place: MarkPlace) {
    this.widthPx = decoder.widthPx;
    this.heightPx = decoder.heightPx;
    this.#decoder = decoder;
    this.#key = key;
    this.#place = place;
  }

  drawI420(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.#decoder.drawI420(motion, timeUs, target);
    // The first picture says where a mark hides; a head moves too little to make it wrong.
    this.#place.watermark ??= this.#layOut(target);
    this.#place.watermark.embed(target);
  }

  drawRgba(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.#decoder.drawRgba(motion, timeUs, target);
    const pixels = this.widthPx * this.heightPx;
    this.#place.watermark ??= this.#layOut(lumaOf(target, pixels));
    const { pattern } = this.#place.watermark;
    for (let pixel = 0; pixel < pixels; pixel++) {
      // A step of all three colours is a step of luma, and of nothing else.
      const step = pattern[pixel]!;
      if (step === 0) continue;
      for (let at = pixel * 4; at < pixel * 4 + 3; at++) target[at] = Math.max(0, Math.min(255, target[at]! + step));
    }
  }

  close(): void {
    this.#decoder.close();
  }

  /** A matte that is drawn beside the picture is for a machine and stays as it is. */
  #layOut(luma: Uint8Array): Watermark {
    return new Watermark(this.#key, this.heightPx, this.heightPx, luma, this.widthPx);
  }
}

function lumaOf(rgba: Uint8Array, pixels: number): Uint8Array {
  const luma = new Uint8Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * 4;
    luma[pixel] = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
  }
  return luma;
}
