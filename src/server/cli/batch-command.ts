import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { FILM_ENDINGS } from '../../native/codec/film-format.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';
import type { BatchFlags } from './batch.ts';

export function addBatchCommand(program: Command, settings: Settings): void {
  program
    .command('batch')
    .summary('make many films, several at a time')
    .description(
      'Makes the films of a list, several at a time, each by a process of its own. A list is a CSV file or a JSON array with one film a row: portrait, sound or text, out, and options of `render` or `say` by their names. A folder stands for its sounds, all with the portrait of --portrait. What is made already and has not changed is kept, so a batch that was interrupted goes on where it stopped.',
    )
    .argument('<list>', '.csv, .json, or a folder of sounds')
    .argument('[options...]', 'after --: options of `render` or `say` for every film')
    .option('--portrait <file>', 'for films whose row names none; needed for a folder')
    .option('--out-dir <folder>', 'where films go whose row names no file (default: the folder of the list)')
    .addOption(
      new Option('--format <ending>', 'of films whose row names no file').default('webm').argParser((text) => {
        if (FILM_ENDINGS.includes(`.${text}`)) return text;
        throw new InvalidArgumentError(`Give one of ${FILM_ENDINGS.map((ending) => ending.slice(1)).join(', ')}.`);
      }),
    )
    .addOption(
      new Option('-j, --jobs <count>', 'films at a time (default: one for each core)')
        .default(availableParallelism(), 'one for each core')
        .argParser(countOf),
    )
    .option('--watch', 'of a folder: go on with every sound that is put there, until interrupted')
    .option('--report <file>', 'where to keep what was made (default: visavis-batch.json in the output folder)')
    .addOption(forceOption())
    .option('--json', 'print the report as JSON')
    .option('-q, --quiet', 'no lines of progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis batch films.csv
  visavis batch recordings/ --portrait me.avatar --format mp4 --jobs 2
  visavis batch inbox/ --portrait me.avatar --out-dir films/ --watch
  visavis batch films.json -- --fps 30 --emotion happy:0.3`,
    )
    .action(async (list: string, options: readonly string[], flags: BatchFlags) => {
      const { batch } = await import('./batch.ts');
      await batch(list, options, flags, settings);
    });
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return count;
}
