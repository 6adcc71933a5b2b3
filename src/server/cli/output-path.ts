import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Option } from 'commander';
import { AvatarError } from '../../base/errors.ts';

/** Standard input or standard output, by its place on the command line. */
export const STANDARD_STREAM = '-';

export interface OutputRules {
  /** Files that the command reads; they are never replaced, even with `force`. */
  readonly inputs: readonly (string | undefined)[];
  /** Whether an existing file may be replaced. */
  readonly force: boolean;
}

export interface OutputPath {
  /** `-` is standard output. */
  readonly path: string;
  /** What was done about a name that is taken, as a sentence for the user. */
  readonly note: string | undefined;
}

/** The option that lets a command replace what is there. */
export function forceOption(): Option {
  return new Option('--force', 'replace existing output files; never an input');
}

/**
 * Chooses where a command writes.
 * @param given - what the user asked for, or nothing.
 * @param source - the input that the default name is taken from.
 * @param extension - of the default name, with its dot.
 * @throws AvatarError `OUTPUT_EXISTS` when the user named an input, or a file that exists and may not be replaced.
 */
export function outputPath(
  given: string | undefined,
  source: string | undefined,
  extension: string,
  rules: OutputRules,
): OutputPath {
  if (given !== undefined) {
    checkOutput(given, rules);
    return { path: given, note: undefined };
  }
  if (source === undefined || source === STANDARD_STREAM) return { path: STANDARD_STREAM, note: undefined };
  const stem = basename(source, extname(source));
  const wanted = `${stem}${extension}`;
  if (!existsSync(wanted) || (rules.force && !isInput(wanted, rules.inputs))) return { path: wanted, note: undefined };
  let path = `${stem}-visavis${extension}`;
  for (let number = 2; existsSync(path); number++) path = `${stem}-visavis-${number}${extension}`;
  return { path, note: `${wanted} exists and was left as it is; writing ${path}.` };
}

/** @throws AvatarError `OUTPUT_EXISTS` when writing to `path` would destroy something. */
export function checkOutput(path: string, { inputs, force }: OutputRules): void {
  if (path === STANDARD_STREAM) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (isInput(path, inputs)) throw taken(`${path} is what this command reads. Give another name.`);
  if (found.isDirectory()) throw new AvatarError('OUTPUT_FAILED', `Cannot write ${path}: it is a folder.`);
  if (!found.isFile()) throw taken(`${path} exists and is no ordinary file. Give another name.`);
  if (!force) throw taken(`${path} exists. Give another name, or --force to replace it.`);
}

/**
 * @param pattern - matches the names of the pictures that will be written.
 * @throws AvatarError `OUTPUT_EXISTS` when the folder holds anything and `force` is not given, or when a picture would
 * replace an input.
 */
export function checkPictureFolder(folder: string, pattern: RegExp, { inputs, force }: OutputRules): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return;
  const names = readdirSync(folder);
  const input = names.find((name) => pattern.test(name) && isInput(join(folder, name), inputs));
  if (input !== undefined) throw taken(`${join(folder, input)} is what this command reads. Give another folder.`);
  if (names.length > 0 && !force) {
    throw taken(`the folder ${folder} is not empty. Give an empty one, or --force to write into it.`);
  }
}

/** Whether `path` is one of the inputs, by whatever name or link. */
function isInput(path: string, inputs: OutputRules['inputs']): boolean {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return inputs.some((input) => {
    if (input === undefined || input === STANDARD_STREAM) return false;
    const other = statSync(input, { throwIfNoEntry: false });
    if (other === undefined || dev === undefined) return false;
    return (other.dev === dev && other.ino === ino) || realpathSync(input) === realpathSync(path);
  });
}

function taken(reason: string): AvatarError {
  return new AvatarError('OUTPUT_EXISTS', `Nothing was written: ${reason}`);
}
