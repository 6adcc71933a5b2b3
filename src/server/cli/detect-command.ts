import type { Command } from 'commander';
import type { Settings } from './settings.ts';

export interface DetectFlags {
  readonly json?: boolean;
}

export function addDetectCommand(program: Command, settings: Settings): void {
  program
    .command('detect')
    .summary('look for the invisible mark of generated pictures')
    .description(
      "Looks in a film or a picture for the invisible mark that this operator's key puts into every generated picture. Two seconds of film are enough; a recording of a call counts, a crop of it does not.",
    )
    .argument('<file>', 'any film or picture that ffmpeg reads')
    .option('--json', 'print the verdict as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  visavis detect speech.webm\n  VISAVIS_DATA_DIR=/srv/visavis visavis detect found.mp4 --json',
    )
    .action(async (file: string, flags: DetectFlags) => {
      const { detect } = await import('./detect.ts');
      await detect(file, flags, settings);
    });
}
