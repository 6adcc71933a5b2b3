import { Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from './settings.ts';
import type { EvaluateFlags } from './evaluate.ts';

export function addEvaluateCommand(program: Command, settings: Settings): void {
  program
    .command('evaluate')
    .summary('measure the motion model and the face codec')
    .description(
      `Measures quality and prints a table.
Without material: closed mouths in silence, noise and music, what controls do, and the face codec on the portraits that come with the program, drawn and read back by a landmark network.
With material: a sound (life, speed, variety; closures of the lips where a TextGrid of the same name lies beside it), a film of somebody who talks (the mouth made from its sound against the mouth that was filmed), a portrait or an avatar (the face codec). Without --only, each sound is also drawn on a portrait and read back: how alive the face is, beside people.`,
    )
    .argument('[material...]', 'sounds, films, portraits and avatars')
    .addOption(new Option('--only <part>', 'motion or codec').choices(['motion', 'codec']))
    .option('--model <folder>', 'another motion bundle')
    .addOption(new Option('--seed <n>', 'of the motion').default(1).argParser(wholeNumber))
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Examples:
  visavis evaluate
  visavis evaluate speech.wav talking.mp4 me.avatar
  visavis evaluate --only codec portraits/*.jpg --json`,
    )
    .action(async (material: string[], flags: EvaluateFlags) => {
      const { evaluate } = await import('./evaluate.ts');
      await evaluate(material, flags, settings);
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}
