import { mediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../media/motion-space.ts';
import type { FaceMeasurer, MeasuredFace } from './face-measure.ts';

/** Channels that are not at rest. */
export type MotionValues = Partial<Record<MotionChannel, number>>;

/** Draws motion of one avatar and reads it back from the pictures with the landmark net. */
export class DrawnFace {
  readonly #decoder: FaceDecoder;
  readonly #measurer: FaceMeasurer;
  readonly #looks: number;
  readonly #rgba: Uint8Array;

  /** @param looks - at each picture, averaged. */
  constructor(decoder: FaceDecoder, measurer: FaceMeasurer, looks: number) {
    this.#decoder = decoder;
    this.#measurer = measurer;
    this.#looks = looks;
    this.#rgba = new Uint8Array(decoder.widthPx * decoder.heightPx * 4);
  }

  /** @returns the face at rest, against which others are read, or undefined when none is found. */
  async atRest(): Promise<MeasuredFace | undefined> {
    this.#measurer.forget();
    // Twice, so that it is looked at from where the face was found to be, as the others are.
    await this.read({});
    return this.read({});
  }

  /** @returns undefined when no face is found in what was drawn. */
  read(motion: MotionValues): Promise<MeasuredFace | undefined> {
    const { widthPx, heightPx } = this.#decoder;
    const frame = restMotion();
    for (const [channel, value] of Object.entries(motion)) frame[MOTION_INDEX[channel as MotionChannel]] = value;
    this.#decoder.drawRgba(frame, mediaTimeUs(0), this.#rgba);
    return this.#measurer.measure({ widthPx, heightPx, rgba: this.#rgba }, { looks: this.#looks });
  }
}
