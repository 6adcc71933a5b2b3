import { Argument, type Command } from 'commander';
import { outlineOf } from './command-outline.ts';
import { manualPage } from './manual-page.ts';
import { completionScript, SHELLS, type Shell } from './shell-completion.ts';
import { packageVersion } from '../package-version.ts';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('print a script that completes commands in a shell')
    .description('Prints a script that completes the names of commands and options in a shell.')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  visavis completion bash > ~/.local/share/bash-completion/completions/visavis
  visavis completion zsh > "\${fpath[1]}/_visavis"
  visavis completion fish > ~/.config/fish/completions/visavis.fish`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, outlineOf(program)));
    });
  // For whoever builds the package: users have the page.
  program.command('manual', { hidden: true }).action(() => {
    process.stdout.write(manualPage(outlineOf(program), program.description(), packageVersion()));
  });
}
