import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { FilmArguments } from './film-arguments.ts';
import { encodingOf } from './recorded-motion.ts';
import type { Settings } from './settings.ts';

/** One film that a batch makes. */
export interface BatchEntry {
  readonly command: 'render' | 'say';
  readonly portrait: string;
  /** A sound file, or a text. */
  readonly source: string;
  readonly out: string;
  /** Options of the command, as they stand on a command line. */
  readonly options: readonly string[];
  readonly consent: string | undefined;
  readonly drawn: boolean;
  /** Files that the film is made from. */
  readonly inputs: readonly string[];
}

export interface BatchListOptions {
  readonly portrait: string | undefined;
  readonly outFolder: string | undefined;
  /** Of films whose row names no file, with its dot. */
  readonly ending: string;
  /** Options for every film. */
  readonly options: readonly string[];
  readonly settings: Settings;
}

const SOUND_ENDINGS = new Set(
  ['wav', 'flac', 'mp3', 'ogg', 'oga', 'opus', 'm4a', 'aac', 'aif', 'aiff'].map((ending) => `.${ending}`),
);

/** A row as it was written: texts, numbers or switches by the names of options. */
const rowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
type Row = z.infer<typeof rowSchema>;

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** @returns the sounds of a folder, by name. @throws AvatarError `BATCH_INVALID`. */
export async function soundsIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => SOUND_ENDINGS.has(extname(name).toLowerCase()) && !name.startsWith('.')).sort();
  } catch (thrown) {
    throw new AvatarError('BATCH_INVALID', `Cannot list ${folder}: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

/** @returns the film of one sound of a folder. @throws AvatarError `BATCH_INVALID`. */
export function entryOfSound(folder: string, name: string, options: BatchListOptions): BatchEntry {
  return entryOf({ sound: name }, folder, name, options);
}

/**
 * @param path - of a CSV or JSON list.
 * @returns its films. Names of files in it count from the folder of the list.
 * @throws AvatarError `BATCH_INVALID`, naming the row that is wrong.
 */
export async function readBatchList(path: string, options: BatchListOptions): Promise<BatchEntry[]> {
  const rows = rowsOf(await readList(path), path);
  const entries = rows.map((row, index) => entryOf(row, dirname(path), `${path}, film ${index + 1}`, options));
  if (entries.length === 0) throw new AvatarError('BATCH_INVALID', `Cannot use ${path}: it lists no film.`);
  const places = new Map<string, number>();
  entries.forEach(({ out }, index) => {
    const other = places.get(resolve(out));
    if (other !== undefined) {
      throw new AvatarError(
        'BATCH_INVALID',
        `Cannot use ${path}: films ${other + 1} and ${index + 1} have the same name, ${out}. Give each its own in "out".`,
      );
    }
    places.set(resolve(out), index);
  });
  return entries;
}

async function readList(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return new TextDecoder(bytes.length < 2 ? 'utf-8' : encodingOf(bytes)).decode(bytes);
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(thrown);
    throw new AvatarError('BATCH_INVALID', `Cannot read ${path}: ${reason}.`, { cause: thrown });
  }
}

function rowsOf(text: string, path: string): Row[] {
  try {
    if (/^\s*\[/.test(text)) return z.array(rowSchema).parse(JSON.parse(text));
    const heading = text.split(/\r?\n/, 1)[0] ?? '';
    const delimiter = [',', ';', '\t'].find((each) => heading.includes(each)) ?? ',';
    return z.array(rowSchema).parse(parse(text, { columns: true, trim: true, skip_empty_lines: true, delimiter }));
  } catch (thrown) {
    const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
    const where = issue === undefined ? '' : `film ${Number(issue.path[0]) + 1}: ${issue.path.slice(1).join('.')}: `;
    const reason = `${where}${issue?.message ?? messageOf(thrown)}`.replace(/\.$/, '');
    throw new AvatarError('BATCH_INVALID', `Cannot use ${path}: ${reason}.`, { cause: thrown });
  }
}

function entryOf(row: Row, folder: string, place: string, options: BatchListOptions): BatchEntry {
  const invalid = (why: string): AvatarError => new AvatarError('BATCH_INVALID', `Cannot use ${place}: ${why}`);
  const given = new Map<string, string | true>();
  for (const [name, value] of Object.entries(row)) {
    if (value !== '' && value !== null && value !== false) given.set(name, value === true ? true : String(value));
  }
  const take = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value === true ? undefined : value;
  };
  const [ownPortrait, sound, text, ownOut] = [take('portrait'), take('sound'), take('text'), take('out')];
  const portrait = ownPortrait === undefined ? options.portrait : inFolder(folder, ownPortrait);
  if (portrait === undefined) throw invalid('it names no portrait, and there is no --portrait.');
  if ((sound === undefined) === (text === undefined)) throw invalid('give it either "sound" or "text".');
  if (sound === undefined && ownOut === undefined) throw invalid('a film of a text needs a name in "out".');
  const command = sound === undefined ? 'say' : 'render';
  const stem = basename(sound ?? '', extname(sound ?? ''));
  const out =
    ownOut === undefined
      ? join(options.outFolder ?? folder, `${stem}${options.ending}`)
      : inFolder(options.outFolder ?? folder, ownOut);
  const source = sound === undefined ? textIn(text ?? '', folder) : inFolder(folder, sound);
  try {
    const film = new FilmArguments(command, options.settings);
    const words = [...options.options, ...film.wordsOf(given, folder)];
    const { consent, drawn, files } = film.check([...words, '--', portrait, source]);
    const textFile = command === 'say' && source.startsWith('@') ? [source.slice(1)] : [];
    const inputs = [portrait, ...(sound === undefined ? textFile : [source]), ...files];
    return { command, portrait, source, out, options: words, consent, drawn, inputs };
  } catch (thrown) {
    throw invalid(messageOf(thrown));
  }
}

/** A text may lie in a file beside the list. */
function textIn(text: string, folder: string): string {
  return text.startsWith('@') ? `@${inFolder(folder, text.slice(1))}` : text;
}

/** As `join`, for a path that may be absolute. */
function inFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
