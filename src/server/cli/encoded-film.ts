import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../base/errors.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { copyWithTags, FfmpegEncoder, type FfmpegEncoderOptions } from '../../native/codec/ffmpeg-encoder.ts';
import type { FilmFormat } from '../../native/codec/film-format.ts';
import { backdropOf } from '../../native/codec/backdrop.ts';
import { readFilm } from '../../native/codec/film-reader.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import type { FilmShape } from './film-shape.ts';
import type { DrawnPicture, FilmWriter, FilmWriterOptions } from './film-writer.ts';

export interface EncodedFilmOptions extends FilmWriterOptions {
  readonly format: FilmFormat;
  /** Whether pictures have colours multiplied by an alpha channel. */
  readonly isTransparent: boolean;
  /** Of a film that is larger than its pictures, with a picture that goes behind them. */
  readonly surround?: (NonNullable<FilmShape['film']> & { readonly rgba: Uint8Array }) | undefined;
}

/** A film that ffmpeg encodes: MP4, QuickTime, GIF, animated WebP, or WebM with alpha. */
export class EncodedFilm implements FilmWriter {
  readonly wantsPixels = true;
  readonly #scope: Scope;
  readonly #format: FilmFormat;
  readonly #file: OutputFile;
  readonly #draft: OutputFile;
  readonly #encoder: FfmpegEncoder;

  private constructor(scope: Scope, format: FilmFormat, file: OutputFile, draft: OutputFile, encoder: FfmpegEncoder) {
    this.#scope = scope;
    this.#format = format;
    this.#file = file;
    this.#draft = draft;
    this.#encoder = encoder;
  }

  /** @throws AvatarError `OUTPUT_FAILED`. */
  static async open({ path, replace, format, surround, ...encoding }: EncodedFilmOptions): Promise<EncodedFilm> {
    const scope = new Scope();
    try {
      const file = scope.own(OutputFile.open(path, { replace }));
      // The statement about a film holds a digest of its encoded pictures, so it can only be added to a finished film.
      const draft = scope.own(OutputFile.open(path, { replace }));
      const backdrop = surround === undefined ? undefined : await backdropIn(scope, encoding.widthPx, surround);
      const encoder = scope.own(new FfmpegEncoder({ ...encoding, format, backdrop, path: draft.temporaryPath }));
      return new EncodedFilm(scope, format, file, draft, encoder);
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  }

  addPicture({ rgba }: DrawnPicture): Promise<void> {
    assert(rgba !== undefined, 'ffmpeg gets pixels');
    return this.#encoder.addPicture(rgba);
  }

  addSound(samples: Float32Array): void {
    this.#encoder.addSound(samples);
  }

  async commit(
    _durationUs: MediaTimeUs,
    tagsOf: (contentSha256: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<void> {
    await this.#encoder.finish();
    if (!this.#format.hasTags) {
      this.#draft.commit();
      return;
    }
    const film = await readFilm(this.#draft.temporaryPath);
    assert(film !== undefined, 'the film that ffmpeg wrote can be read');
    await copyWithTags(
      this.#draft.temporaryPath,
      this.#file.temporaryPath,
      this.#format,
      await tagsOf(film.contentSha256),
    );
    this.#file.commit();
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}

async function backdropIn(
  scope: Scope,
  sidePx: number,
  { rgba, facePx, ...film }: NonNullable<EncodedFilmOptions['surround']>,
): Promise<FfmpegEncoderOptions['backdrop']> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-backdrop-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const png = join(folder, 'backdrop.png');
  await writeFile(png, await backdropOf(rgba, sidePx, film));
  return { png, facePx };
}
