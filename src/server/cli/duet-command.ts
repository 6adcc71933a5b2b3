import { InvalidArgumentError, Option, type Command } from 'commander';
import { frameRateOption } from './frame-rate-option.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';
import type { DuetFlags } from './duet.ts';

const SIZES = [256, 512, 720] as const;

export function addDuetCommand(program: Command, settings: Settings): void {
  program
    .command('duet')
    .summary('make a film of two faces in conversation')
    .description(
      'Makes a film of two people who talk with each other, side by side, or two films in step. Who is silent listens: looks at the other, nods, raises the brows, smiles at laughter. Each has a sound, or one side of a stereo sound.',
    )
    .argument('<left>', 'portrait or .avatar file of the first person')
    .argument('<right>', 'of the second')
    .argument('<sound>', 'the voice of the first, or of both: left and right of a stereo sound')
    .argument('[other-sound]', 'the voice of the second, as long as the conversation goes on')
    .option('-o, --out <file>', '.mp4, .webm or .mov (default: the name of the sound, .mp4)')
    .option('--apart', 'make two films that run in step, NAME-1 and NAME-2, each with its own voice')
    .addOption(frameRateOption())
    .addOption(
      new Option('--size <pixels>', `side of each picture: ${SIZES.join(', ')}`).default(512).argParser((text) => {
        const size = SIZES.find((each) => String(each) === text);
        if (size === undefined) throw new InvalidArgumentError(`Give one of ${SIZES.join(', ')}.`);
        return size;
      }),
    )
    .addOption(
      new Option(
        '--liveliness <level>',
        'of both: 0 a newsreader, 0.5 as people are (the default), 1 very lively',
      ).argParser((text) => within(text, 0, 1)),
    )
    .addOption(
      new Option('--seed <n>', 'decides all that chance decides (default: from the inputs)').argParser((text) => {
        const seed = within(text, 0, 0xfffffffe);
        if (!Number.isInteger(seed)) throw new InvalidArgumentError('Give a whole number.');
        return seed;
      }),
    )
    .option('--consent <text>', 'who allows the use of these portraits; kept with the film')
    .option('--drawn', 'state that the portraits are drawn and show no real person, so that they need no consent')
    .addOption(forceOption())
    .option('--model <folder>', 'another motion bundle')
    .option('--json', 'print what was made as JSON')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis duet anna.avatar ben.avatar anna.wav ben.wav --out talk.mp4
  visavis duet anna.avatar ben.avatar interview-stereo.wav
  visavis duet anna.avatar ben.avatar call.flac --apart --out call.webm`,
    )
    .action(async (left: string, right: string, sound: string, other: string | undefined, flags: DuetFlags) => {
      const { duet } = await import('./duet.ts');
      await duet([left, right], sound, other, flags, settings);
    });
}

function within(text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  }
  return value;
}
