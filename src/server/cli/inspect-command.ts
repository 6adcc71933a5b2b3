import type { Command } from 'commander';
import { forceOption } from './output-path.ts';
import type { InspectFlags } from './inspect.ts';

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .summary('say what is in an avatar file')
    .description('Says what is in an avatar file: its consent, its portrait, its parts; and draws a preview.')
    .argument('<file>', 'the avatar file')
    .option('--preview <file>', 'draw the face at rest into this .png')
    .addOption(forceOption())
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  visavis inspect me.avatar
  visavis inspect me.avatar --preview me.png --json`,
    )
    .action(async (file: string, flags: InspectFlags) => {
      const { inspect } = await import('./inspect.ts');
      await inspect(file, flags);
    });
}
