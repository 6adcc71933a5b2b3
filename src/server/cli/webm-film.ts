import { assert } from '../../base/errors.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { Resampler } from '../../media/audio/resampler.ts';
import { OPUS_RATE_HZ } from '../../native/codec/opus-encoder.ts';
import { OpusTrack } from '../../native/codec/opus-track.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { WebmWriter } from '../../native/codec/webm-writer.ts';
import type { DrawnPicture, FilmWriter, FilmWriterOptions } from './film-writer.ts';
import { StandardOutput } from './standard-output.ts';

/** Transparent for speech, good for song. */
const SOUND_BITRATE_BPS = 64_000;

/** A film of VP8 and Opus, encoded by this program, on its way to its file, which appears when it is whole. */
export class WebmFilm implements FilmWriter {
  readonly wantsPixels = false;
  readonly #scope: Scope;
  readonly #file: OutputFile | StandardOutput;
  readonly #webm: WebmWriter;
  readonly #sound: { readonly resampler: Resampler; readonly track: OpusTrack } | undefined;

  private constructor(
    scope: Scope,
    file: OutputFile | StandardOutput,
    webm: WebmWriter,
    sound: { readonly resampler: Resampler; readonly track: OpusTrack } | undefined,
  ) {
    this.#scope = scope;
    this.#file = file;
    this.#webm = webm;
    this.#sound = sound;
  }

  /** @throws AvatarError `OUTPUT_FAILED` or `CODEC_FAILED`. */
  static async open(options: FilmWriterOptions): Promise<WebmFilm> {
    const { path, replace, sampleRateHz, ...picture } = options;
    const scope = new Scope();
    try {
      const file = path === '-' ? new StandardOutput() : scope.own(OutputFile.open(path, { replace }));
      const write = (bytes: Uint8Array, position: number): void => {
        // The muxer uses its buffer again; a pipe reads it later.
        if (file instanceof StandardOutput) file.write(bytes.slice());
        else file.write(bytes, position);
      };
      const webm = new WebmWriter({ ...picture, sound: sampleRateHz !== undefined, inOrder: path === '-', write });
      if (sampleRateHz === undefined) return new WebmFilm(scope, file, webm, undefined);
      const track = scope.own(await OpusTrack.open(SOUND_BITRATE_BPS));
      return new WebmFilm(scope, file, webm, { track, resampler: new Resampler(sampleRateHz, OPUS_RATE_HZ) });
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  }

  async addPicture({ frame }: DrawnPicture): Promise<void> {
    assert(frame !== undefined, 'a film of VP8 gets encoded pictures');
    this.#webm.addPicture(frame);
    if (this.#file instanceof StandardOutput) await this.#file.caughtUp();
  }

  /** @param samples - mono at the rate of the sound, only read. */
  addSound(samples: Float32Array): void {
    if (this.#sound === undefined) return;
    const { resampler, track } = this.#sound;
    for (const { packet, timeUs } of track.push(resampler.push(samples))) this.#webm.addSound(packet, timeUs);
  }

  /**
   * Ends sound and pictures together at `durationUs`, and gives the file its name.
   * @param tagsOf - what is said of the film in it, given the digest of what is in it (`FilmDigest`).
   */
  async commit(
    durationUs: MediaTimeUs,
    tagsOf: (contentSha256: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<void> {
    if (this.#sound !== undefined) {
      const { resampler, track } = this.#sound;
      const packets = [...track.push(resampler.flush()), ...track.flush(durationUs)];
      for (const { packet, timeUs } of packets) this.#webm.addSound(packet, timeUs);
    }
    this.#webm.finish(durationUs, await tagsOf(this.#webm.contentSha256()));
    if (this.#file instanceof StandardOutput) await this.#file.caughtUp();
    else this.#file.commit();
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}
