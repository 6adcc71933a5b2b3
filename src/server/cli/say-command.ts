import { InvalidArgumentError, Option, type Command } from 'commander';
import { addFilmOptions } from './film-options.ts';
import type { Settings } from './settings.ts';
import type { SayFlags } from './say.ts';

export function addSayCommand(program: Command, settings: Settings): void {
  const command = program
    .command('say')
    .summary('make a film of a face that says a text')
    .description(
      'Makes a film of a face that says a text, with the voices of the call (VISAVIS_SPEECH_URL and its like, else espeak-ng). Feelings and gestures may be written into the text: :) [nod] [happy 0.4].',
    )
    .argument('<portrait>', 'JPEG, PNG, WebP or AVIF; or an .avatar file of `visavis enrol`')
    .argument('<text>', 'the text; @FILE reads it from a file, - from standard input')
    .option('--voice <name>', 'the voice to try first')
    .option('--language <tag>', 'BCP 47, such as en or es-MX')
    .addOption(
      new Option('--rate <times>', 'speed of the voice, 0.5 to 2 times the usual').default(1).argParser(factor),
    )
    .addOption(
      new Option('--pitch <times>', 'pitch of the voice, 0.5 to 2 times the usual').default(1).argParser(factor),
    )
    .option('--subtitles <file>', 'write what is said and when: .srt or .vtt');
  addFilmOptions(command, 'the portrait')
    .addHelpText(
      'after',
      `
Examples:
  visavis say me.avatar "Good morning, everyone. :)" --out morning.mp4
  visavis say me.avatar @speech.txt --language de --subtitles speech.srt
  fortune | visavis say drawing.png - --drawn --out fortune.webm`,
    )
    .action(async (portrait: string, text: string, flags: SayFlags) => {
      const { say } = await import('./say.ts');
      await say(portrait, text, flags, settings);
    });
}

function factor(text: string): number {
  const value = Number(text);
  if (!(value >= 0.5 && value <= 2)) throw new InvalidArgumentError('Give a number from 0.5 to 2.');
  return value;
}
