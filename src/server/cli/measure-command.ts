import { Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from './settings.ts';
import type { MeasureFlags } from './measure.ts';

export function addMeasureCommand(program: Command, settings: Settings): void {
  program
    .command('measure')
    .summary('read how alive the face in a film is')
    .description(
      'Reads the face in every frame of a film of somebody who talks, generated or filmed, with the landmark network: how far and how fast head, mouth, brows, lids and eyes move, blinks, raised brows, open lips, and the share of slow and quick movement. People’s medians stand beside.',
    )
    .argument('<film...>', 'films that ffmpeg reads; of one that is not square, the middle')
    .option('--against <film>', 'another film: ratios, and correlations in the syllable band with their lag')
    .addOption(new Option('--limit <seconds>', 'read no more than this of each film').argParser(seconds))
    .option('--json', 'print the readings as JSON, one object a line')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis measure speech.webm
  visavis measure ours.webm --against filmed.mp4
  visavis measure films/*.mp4 --limit 20 --json > readings.jsonl`,
    )
    .action(async (films: string[], flags: MeasureFlags) => {
      const { measure } = await import('./measure.ts');
      await measure(films, flags, settings);
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give seconds, more than 0.');
  return value;
}
