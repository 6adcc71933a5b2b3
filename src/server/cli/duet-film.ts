import { extname } from 'node:path';
import { assert } from '../../base/errors.ts';
import { Scope, type Closable } from '../../base/lifecycle.ts';
import type { MotionFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import { encodedFormatOf } from '../../native/codec/film-format.ts';
import type { FilmStages } from '../../native/worker/film-stages.ts';
import type { Pair } from './conversation.ts';
import { EncodedFilm } from './encoded-film.ts';
import type { DrawnPicture, FilmWriter } from './film-writer.ts';
import { openFilm } from './render.ts';

/** Endings of the names of films with sound. */
export const ENDINGS = ['.mp4', '.webm', '.mov'];

export interface DuetFilmOptions {
  /** One film of both, or a film of each. */
  readonly paths: readonly [string] | Pair<string>;
  readonly replace: boolean;
  /** Side of each picture. */
  readonly sizePx: number;
  readonly framesPerSecond: number;
  readonly sampleRateHz: number;
  /** What draws each person. */
  readonly stages: Pair<FilmStages>;
}

type TagsOf = (contentSha256: string, people: readonly (0 | 1)[]) => Promise<Readonly<Record<string, string>>>;

/** Two people on film: side by side, or each in a film of their own. */
export class DuetFilm implements Closable {
  readonly #options: DuetFilmOptions;
  readonly #scope: Scope;
  readonly #films: readonly FilmWriter[];
  readonly #underWay: Promise<readonly DrawnPicture[]>[] = [];

  private constructor(options: DuetFilmOptions, scope: Scope, films: readonly FilmWriter[]) {
    this.#options = options;
    this.#scope = scope;
    this.#films = films;
  }

  /** @throws AvatarError `OUTPUT_FAILED` or `CODEC_FAILED`. */
  static async open(options: DuetFilmOptions): Promise<DuetFilm> {
    const { paths, sizePx, replace, framesPerSecond, sampleRateHz } = options;
    const scope = new Scope();
    const common = { replace, heightPx: sizePx, framesPerSecond, sampleRateHz };
    try {
      const films: FilmWriter[] = [];
      if (paths.length === 2) {
        for (const path of paths) {
          films.push(scope.own(await openFilm('portrait', { ...common, path, widthPx: sizePx }, undefined)));
        }
      } else {
        const [path] = paths;
        const format = encodedFormatOf(extname(path).toLowerCase());
        assert(format !== undefined, 'the ending was checked');
        films.push(
          scope.own(await EncodedFilm.open({ ...common, path, widthPx: 2 * sizePx, format, isTransparent: false })),
        );
      }
      return new DuetFilm(options, scope, films);
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  }

  /** Resolves once there is room for the next. */
  async addPictures(frames: Pair<MotionFrame>): Promise<void> {
    if (this.#underWay.length >= this.#options.stages[0].capacity) await this.#finishOne();
    const pictures = this.#films.length === 1 ? this.#sideBySide(frames) : this.#apart(frames);
    // Its failure is seen when its turn comes; until then it must not count as unhandled.
    pictures.catch(() => undefined);
    this.#underWay.push(pictures);
  }

  /** @param samples - of both voices, equally long; only read. */
  addSound([left, right]: Pair<Float32Array>): void {
    const [first, second] = this.#films;
    if (second === undefined) {
      first?.addSound(left.map((value, index) => Math.min(1, Math.max(-1, value + right[index]!))));
      return;
    }
    first?.addSound(left);
    second.addSound(right);
  }

  async commit(durationUs: MediaTimeUs, tagsOf: TagsOf): Promise<void> {
    while (this.#underWay.length > 0) await this.#finishOne();
    const isOne = this.#films.length === 1;
    for (const [index, film] of this.#films.entries()) {
      const people = isOne ? ([0, 1] as const) : [index as 0 | 1];
      await film.commit(durationUs, (contentSha256) => tagsOf(contentSha256, people));
    }
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  async #finishOne(): Promise<void> {
    const pictures = (await this.#underWay.shift()) ?? [];
    for (const [index, picture] of pictures.entries()) await this.#films[index]?.addPicture(picture);
  }

  async #sideBySide(frames: Pair<MotionFrame>): Promise<readonly DrawnPicture[]> {
    const { stages, sizePx } = this.#options;
    const [left, right] = await Promise.all([stages[0].picture(frames[0]), stages[1].picture(frames[1])]);
    const rowBytes = 4 * sizePx;
    const rgba = new Uint8Array(2 * left.length);
    for (let row = 0; row < sizePx; row++) {
      rgba.set(left.subarray(row * rowBytes, (row + 1) * rowBytes), 2 * row * rowBytes);
      rgba.set(right.subarray(row * rowBytes, (row + 1) * rowBytes), (2 * row + 1) * rowBytes);
    }
    return [{ rgba }];
  }

  #apart(frames: Pair<MotionFrame>): Promise<readonly DrawnPicture[]> {
    const { stages } = this.#options;
    return Promise.all(
      ([0, 1] as const).map(async (person): Promise<DrawnPicture> =>
        this.#films[person]?.wantsPixels === true
          ? { rgba: await stages[person].picture(frames[person]) }
          : stages[person].film(frames[person]),
      ),
    );
  }
}
