import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoder } from '../face-codec.ts';
import { Watermark } from './watermark.ts';

/**
 * @returns a decoder whose pictures carry the key's mark, whichever codec draws them; `decoder` itself without a key.
 */
export function marked(decoder: FaceDecoder, watermarkKey: string | undefined): FaceDecoder {
  return watermarkKey === undefined ? decoder : new MarkedDecoder(decoder, watermarkKey);
}

class MarkedDecoder implements FaceDecoder {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #decoder: FaceDecoder;
  readonly #watermark: Watermark;

  constructor(decoder: FaceDecoder, key: string) {
    this.widthPx = decoder.widthPx;
    this.heightPx = decoder.heightPx;
    this.#decoder = decoder;
    // A matte that is drawn beside the picture is for a machine and stays as it is.
    this.#watermark = new Watermark(key, decoder.heightPx, decoder.heightPx, decoder.widthPx);
  }

  drawI420(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.#decoder.drawI420(motion, timeUs, target);
    this.#watermark.embed(target, timeUs);
  }

  drawRgba(motion: Float32Array, timeUs: MediaTimeUs, target: Uint8Array): void {
    this.#decoder.drawRgba(motion, timeUs, target);
    this.#watermark.embedRgba(target, timeUs);
  }

  close(): void {
    this.#decoder.close();
  }
}
