import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { Scope } from '../../base/lifecycle.ts';
import { openOperatorKeys, operatorKeysPath, type OperatorKeys } from '../operator-keys.ts';
import { avatarOf } from './avatar-argument.ts';
import { filmEntry, fingerprintOf, planFor, recipeOf } from './batch-film.ts';
import {
  entryOfSound,
  isFolder,
  readBatchList,
  soundsIn,
  type BatchEntry,
  type BatchListOptions,
} from './batch-list.ts';
import { BatchReport, type BatchedFilm } from './batch-report.ts';
import { UsageError } from './command-failure.ts';
import { Progress } from './progress.ts';
import { configOf, type Settings } from './settings.ts';

export interface BatchFlags {
  readonly portrait?: string;
  readonly outDir?: string;
  readonly format: string;
  readonly jobs: number;
  readonly watch?: boolean;
  readonly report?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A file that is being written keeps growing from one look at the folder to the next. */
const LOOK_INTERVAL_MS = 1000;

/** Many films. @throws UsageError; AvatarError `BATCH_INVALID` before the first film, `BATCH_FAILED` after the last. */
export async function batch(
  list: string,
  options: readonly string[],
  flags: BatchFlags,
  settings: Settings,
): Promise<void> {
  const { portrait, outDir, force = false } = flags;
  const fromFolder = await isFolder(list);
  if (flags.watch === true && !fromFolder) throw new UsageError('--watch wants a folder of sounds.');
  if (fromFolder && portrait === undefined) throw new UsageError('A folder of sounds needs --portrait FILE.');
  const listed: BatchListOptions = { portrait, outFolder: outDir, ending: `.${flags.format}`, options, settings };
  const folder = fromFolder ? list : dirname(list);
  const entries = fromFolder
    ? (await soundsIn(folder)).map((name) => entryOfSound(folder, name, listed))
    : await readBatchList(list, listed);
  if (outDir !== undefined) mkdirSync(outDir, { recursive: true });
  const report = BatchReport.open(flags.report ?? join(outDir ?? folder, 'visavis-batch.json'));
  const startUs = systemClock.now();

  await using scope = new Scope();
  const keys = await openOperatorKeys(operatorKeysPath(configOf(settings).dataDir));
  const portraits = await EnrolledPortraits.open(settings.signal, scope);
  const total = flags.watch === true ? undefined : entries.length;
  let begun = 0;
  const work = flags.watch === true ? newSounds(folder, listed, settings.signal) : entries.values();
  const film = async (): Promise<void> => {
    for (let next = await work.next(); next.done !== true; next = await work.next()) {
      const number = ++begun;
      const made = await filmOf(next.value, report.of(next.value.out), { keys, portraits, force, settings });
      report.add(made);
      if (flags.quiet !== true) process.stderr.write(`${lineOf(made, number, total)}\n`);
    }
  };
  // After an interruption every process is waited for, so that each can undo what is half done.
  const ended = await Promise.allSettled(Array.from({ length: flags.jobs }, film));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;

  const films = report.films;
  const counts = { made: 0, kept: 0, failed: 0 };
  for (const { status } of films) counts[status]++;
  const tookS = (systemClock.now() - startUs) / 1e6;
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...counts, tookS, films })}\n`);
  else if (flags.quiet !== true) {
    const { made, kept, failed } = counts;
    process.stderr.write(`${made} made, ${kept} kept, ${failed} failed, ${tookS.toFixed(1)} s\n`);
  }
  if (counts.failed === 0) return;
  const failed = films.filter(({ status }) => status === 'failed').map(({ out }) => out);
  const named = failed.slice(0, 3).join(', ');
  const more = failed.length > 3 ? ` and ${failed.length - 3} more` : '';
  throw new AvatarError('BATCH_FAILED', `${failed.length} of ${films.length} films were not made: ${named}${more}.`);
}

interface FilmingOptions {
  readonly keys: OperatorKeys;
  readonly portraits: EnrolledPortraits;
  readonly force: boolean;
  readonly settings: Settings;
}

async function filmOf(
  entry: BatchEntry,
  last: BatchedFilm | undefined,
  { keys, portraits, force, settings }: FilmingOptions,
): Promise<BatchedFilm> {
  const { out } = entry;
  const recipe = recipeOf(entry);
  const plan = await planFor(entry, recipe, last, keys.provenanceKey);
  const earlier = last?.recipe === recipe ? { ...last, notes: [] } : { out, recipe, ...fingerprintOf(out), notes: [] };
  if (plan === 'keep' && !force) return { ...earlier, status: 'kept' };
  try {
    const avatar = await portraits.of(entry);
    mkdirSync(dirname(out), { recursive: true });
    const { film, notes } = await filmEntry(entry, avatar, force || plan === 'replace', settings.signal);
    if (film === undefined) return { out, recipe, status: 'failed', notes: [...notes] };
    const { durationS, tookS } = film;
    return { out, recipe, status: 'made', ...fingerprintOf(out), durationS, tookS, notes: [...notes] };
  } catch (thrown) {
    if (settings.signal.aborted) throw thrown;
    return { out, recipe, status: 'failed', notes: [messageOf(thrown)] };
  }
}

/** Portraits that the films show, each enrolled once for all of them. */
class EnrolledPortraits {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #avatars = new Map<string, Promise<string>>();

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  static async open(signal: AbortSignal, scope: Scope): Promise<EnrolledPortraits> {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-batch-'));
    scope.defer(() => rm(folder, { recursive: true, force: true }));
    return new EnrolledPortraits(folder, signal);
  }

  /** @returns the path of an avatar file. @throws AvatarError what enrolment says of the portrait. */
  of({ portrait, consent, drawn }: BatchEntry): Promise<string> {
    if (extname(portrait).toLowerCase() === '.avatar') return Promise.resolve(portrait);
    const key = createHash('sha256')
      .update(JSON.stringify([portrait, consent, drawn]))
      .digest('hex');
    let avatar = this.#avatars.get(key);
    if (avatar === undefined) {
      avatar = this.#enrol(join(this.#folder, `${key}.avatar`), { portrait, consent, drawn });
      // Whoever asks for it meets its failure.
      avatar.catch(() => undefined);
      this.#avatars.set(key, avatar);
    }
    return avatar;
  }

  async #enrol(path: string, { portrait, ...words }: Pick<BatchEntry, 'portrait' | 'consent' | 'drawn'>) {
    const progress = new Progress({ unit: '%', quiet: true });
    await writeFile(path, await avatarOf(portrait, { ...words, signal: this.#signal, progress }));
    return path;
  }
}

/** Every sound of a folder, once it has stopped growing, and again when it has been replaced; until `signal` aborts. */
async function* newSounds(
  folder: string,
  listed: BatchListOptions,
  signal: AbortSignal,
): AsyncGenerator<BatchEntry, void> {
  const seen = new Map<string, { readonly version: string; readonly taken: boolean }>();
  while (!signal.aborted) {
    for (const name of await soundsIn(folder)) {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      if (found === undefined) continue;
      const version = `${found.size} ${found.mtimeMs}`;
      const last = seen.get(name);
      const isStill = last?.version === version && found.size > 0;
      seen.set(name, { version, taken: isStill });
      if (isStill && !last.taken) yield entryOfSound(folder, name, listed);
    }
    await setTimeout(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function lineOf({ out, status, durationS = 0, tookS = 0, notes }: BatchedFilm, number: number, total?: number): string {
  const place = total === undefined ? `[${number}]` : `[${String(number).padStart(String(total).length)}/${total}]`;
  const remarks = notes.length === 0 ? '' : ` (${notes.join(' ')})`;
  if (status === 'kept') return `${place} ${basename(out)}: kept, nothing has changed`;
  if (status === 'failed') return `${place} ${basename(out)}: failed: ${notes.at(-1) ?? 'no reason is known.'}`;
  return `${place} ${basename(out)}: made, ${durationS.toFixed(1)} s of film in ${tookS.toFixed(1)} s${remarks}`;
}
