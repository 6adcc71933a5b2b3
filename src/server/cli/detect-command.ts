import type { Command } from 'commander';
import type { Settings } from './settings.ts';
import type { DetectFlags } from './detect.ts';

export function addDetectCommand(program: Command, settings: Settings): void {
  program
    .command('detect')
    .summary('look for the mark and the signed statement of generated pictures')
    .description(
      "Looks in a film for the invisible mark that this operator's key puts into every generated picture, and checks the signed statement that `visavis render` writes into a WebM. The mark is spread over time: five seconds of film are enough, one picture is not. A recording of a call counts, with black bars around it too; a crop of it does not. Changed pictures or sound no longer fit the statement.",
    )
    .argument('<file>', 'any film that ffmpeg reads')
    .option(
      '--key <file>',
      "check the statement with another operator's public key: what GET /api/v1/provenance-key says",
    )
    .option('--json', 'print the verdict as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  visavis detect speech.webm\n  VISAVIS_DATA_DIR=/srv/visavis visavis detect found.mp4 --json\n  curl -o key.json https://example.org/api/v1/provenance-key && visavis detect film.webm --key key.json',
    )
    .action(async (file: string, flags: DetectFlags) => {
      const { detect } = await import('./detect.ts');
      await detect(file, flags, settings);
    });
}
