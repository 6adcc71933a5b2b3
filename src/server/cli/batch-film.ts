import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { BatchEntry } from './batch-list.ts';
import type { BatchedFilm } from './batch-report.ts';
import { Interruption } from './command-failure.ts';
import type { FilmReport } from './render.ts';
import type { ProvenancePublicKey } from '../provenance.ts';
import { checkStatement } from './statement.ts';

/** Holds the lengths of a film and its parts, so that no other film begins alike. */
const HEAD_BYTES = 1024;

/** @returns a digest of everything that decides what the film becomes. */
export function recipeOf({ command, source, options, inputs }: BatchEntry): string {
  const files = inputs.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return [path, found?.size, found?.mtimeMs];
  });
  return createHash('sha256')
    .update(JSON.stringify([command, source, options, files]))
    .digest('hex');
}

/**
 * Says what to do about a film whose file may be there.
 * @param last - what is known of it from an earlier run.
 * @returns `replace` only for a file that a batch made and that nobody has changed since, or that breaks off.
 */
export async function planFor(
  entry: BatchEntry,
  recipe: string,
  last: BatchedFilm | undefined,
  key: ProvenancePublicKey,
): Promise<'keep' | 'make' | 'replace'> {
  const { out, inputs } = entry;
  if (!existsSync(out)) return 'make';
  const { size, mtimeMs } = statSync(out);
  if (last?.bytes === undefined) {
    // Without a report, a film's own signature says that it is whole.
    const { result } = await checkStatement(out, key);
    const isNewer = inputs.every((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= mtimeMs);
    return result === 'verified' && isNewer ? 'keep' : 'make';
  }
  if (last.bytes === size) return last.recipe === recipe ? 'keep' : 'replace';
  const breaksOff = size < last.bytes && headSha256(out) === last.headSha256;
  return breaksOff ? 'replace' : 'make';
}

/** @returns what can be known again of a file, or nothing of a file that is not there. */
export function fingerprintOf(path: string): { bytes?: number; headSha256?: string } {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  return bytes === undefined ? {} : { bytes, headSha256: headSha256(path) };
}

function headSha256(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    readSync(descriptor, head, 0, HEAD_BYTES, 0);
    return createHash('sha256').update(head).digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

export interface FilmedEntry {
  readonly film: Pick<FilmReport, 'durationS' | 'tookS'> | undefined;
  /** What the process wrote to standard error. */
  readonly notes: readonly string[];
}

/**
 * Makes one film by a process of this same program.
 * @param avatar - the portrait, enrolled.
 * @throws Interruption when `signal` aborts; the process has then undone what was half done.
 */
export async function filmEntry(
  entry: BatchEntry,
  avatar: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<FilmedEntry> {
  signal.throwIfAborted();
  const { command, source, out, options } = entry;
  // Options come first, so that a text may begin with a dash.
  const words = [command, ...options, '--out', out, '--json', '--quiet', ...(replace ? ['--force'] : [])];
  const args = [...process.execArgv, process.argv[1]!, ...words, '--', avatar, source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // A terminal sends its SIGINT to the child as well, and a second one of a kind would end it at once.
  const stop = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let [printed, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  if (signal.aborted) throw signal.reason instanceof Interruption ? signal.reason : new Interruption(1);
  const notes = complaints
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^visavis: /, ''));
  if (code === 0) return { film: JSON.parse(printed) as FilmReport, notes };
  return { film: undefined, notes: notes.length > 0 ? notes : [`The process ended with ${code ?? 'a signal'}.`] };
}
