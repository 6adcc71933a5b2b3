import type { Command } from 'commander';
import { FILM_SCOPE, LIVE_CALL_SCOPE } from '../../media/portrait/consent.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';
import type { EnrolFlags } from './enrol.ts';

const SCOPES = [FILM_SCOPE, LIVE_CALL_SCOPE].join(', ');

export function addEnrolCommand(program: Command, settings: Settings): void {
  program
    .command('enrol')
    .summary('make an avatar from one portrait')
    .description(
      'Makes an avatar from one portrait: a photo, a painting or a drawing of one face, seen from the front.',
    )
    .argument('<portrait>', 'JPEG, PNG, WebP or AVIF, at most 40 megapixels; - is standard input')
    .requiredOption('--consent <text>', 'who agreed to what; kept inside the avatar')
    .option(
      '--scope <uses>',
      `what the avatar may be used for, separated by commas: ${SCOPES}, or your own words`,
      'film, live-call',
    )
    .option('-o, --out <file>', 'the avatar file; - is standard output (default: the name of the portrait, .avatar)')
    .addOption(forceOption())
    .option('--json', 'print what was made as JSON')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis enrol me.jpg --consent "I am the person shown" --out me.avatar
  visavis enrol painting.png --consent "public domain" --scope film`,
    )
    .action(async (portrait: string, flags: EnrolFlags) => {
      const { enrol } = await import('./enrol.ts');
      await enrol(portrait, flags, settings);
    });
}
