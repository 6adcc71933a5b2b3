import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { AvatarError, messageOf } from '../../base/errors.ts';

const FORMAT = 'visavis.batch/1';

const filmSchema = z.object({
  out: z.string(),
  status: z.enum(['made', 'kept', 'failed']),
  /** SHA-256 of what the film was made from: names, sizes and times of the files, and all options. */
  recipe: z.string(),
  /** Length of the file. */
  bytes: z.number().optional(),
  /** Of its beginning, by which a copy that breaks off is known. */
  headSha256: z.string().optional(),
  durationS: z.number().optional(),
  tookS: z.number().optional(),
  /** What the user was told: why it failed, or what was odd about the sound. */
  notes: z.array(z.string()),
});

/** What became of one film of a batch. */
export type BatchedFilm = z.infer<typeof filmSchema>;

const reportSchema = z.object({ format: z.literal(FORMAT), films: z.array(filmSchema) });

/** What a batch has made so far. It is saved after every film, so that the next run goes on from there. */
export class BatchReport {
  readonly #path: string;
  readonly #films: Map<string, BatchedFilm>;
  readonly #now = new Map<string, BatchedFilm>();

  private constructor(path: string, films: readonly BatchedFilm[]) {
    this.#path = path;
    this.#films = new Map(films.map((film) => [film.out, film]));
  }

  /** @throws AvatarError `OUTPUT_EXISTS` when another file has that name. */
  static open(path: string): BatchReport {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return new BatchReport(path, []);
      throw new AvatarError('OUTPUT_FAILED', `Cannot read the report ${path}: ${messageOf(thrown)}.`);
    }
    try {
      return new BatchReport(path, reportSchema.parse(JSON.parse(text)).films);
    } catch (cause) {
      const message = `Nothing was written: ${path} exists and is no report of a batch. Name another file with --report.`;
      throw new AvatarError('OUTPUT_EXISTS', message, { cause });
    }
  }

  /** @returns what was last known of a film. */
  of(out: string): BatchedFilm | undefined {
    return this.#films.get(out);
  }

  /** @throws AvatarError `OUTPUT_FAILED`. */
  add(film: BatchedFilm): void {
    this.#films.set(film.out, film);
    this.#now.set(film.out, film);
    const draft = `${this.#path}.part`;
    try {
      writeFileSync(draft, `${JSON.stringify({ format: FORMAT, films: [...this.#films.values()] }, undefined, 2)}\n`);
      renameSync(draft, this.#path);
    } catch (cause) {
      throw new AvatarError('OUTPUT_FAILED', `Cannot write the report ${this.#path}: ${messageOf(cause)}.`, { cause });
    }
  }

  /** The films of this run. */
  get films(): BatchedFilm[] {
    return [...this.#now.values()];
  }
}
