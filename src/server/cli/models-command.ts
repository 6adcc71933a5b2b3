import type { Command } from 'commander';
import type { Settings } from './settings.ts';
import type { ModelsFlags } from './models.ts';

export function addModelsCommand(program: Command, settings: Settings): void {
  program
    .command('models')
    .summary('list and verify the motion bundles')
    .description(
      'Lists the motion bundles and verifies each file by its digest. Fails when one is not what it should be.',
    )
    .argument('[folder]', 'where bundles lie (default: models/ of the program)')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  visavis models\n  visavis models ./my-bundles --json')
    .action(async (folder: string | undefined, flags: ModelsFlags) => {
      const { models } = await import('./models.ts');
      await models(folder, flags, settings);
    });
}
