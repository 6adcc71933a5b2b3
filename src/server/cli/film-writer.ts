import type { Closable } from '../../base/lifecycle.ts';
import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';

export interface FilmWriterOptions {
  /** `-` is standard output. */
  readonly path: string;
  /** Whether a file of that name may be replaced. */
  readonly replace: boolean;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  /** Of the sound, or nothing for a silent film. */
  readonly sampleRateHz: number | undefined;
}

/** A picture of a film, in the form that its writer wants. */
export interface DrawnPicture {
  /** Encoded as VP8. */
  readonly frame?: EncodedFrame;
  /** Interleaved RGBA. */
  readonly rgba?: Uint8Array;
}

/** A film on its way to its file, which appears when it is whole. */
export interface FilmWriter extends Closable {
  /** Whether pictures come as RGBA, and not encoded. */
  readonly wantsPixels: boolean;
  /** Resolves once there is room for the next. @throws AvatarError `CODEC_FAILED` or `OUTPUT_FAILED`. */
  addPicture(picture: DrawnPicture): Promise<void>;
  /** @param samples - mono at the rate of the sound, only read. */
  addSound(samples: Float32Array): void;
  /**
   * Ends sound and pictures together at `durationUs`, and gives the file its name.
   * @param tagsOf - what is said of the film in it, given the digest of what is in it (`FilmDigest`).
   */
  commit(
    durationUs: MediaTimeUs,
    tagsOf: (contentSha256: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<void>;
  close(): Promise<void>;
}
