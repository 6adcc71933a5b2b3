import type { Command } from 'commander';
import type { Settings } from './settings.ts';
import type { DoctorFlags } from './doctor.ts';

export function addDoctorCommand(program: Command, settings: Settings): void {
  program
    .command('doctor')
    .summary('check this machine and say what to fix')
    .description(
      'Checks this machine: Node, cores, codecs, models, tools, folders, ports and the TURN server of the settings. Fails when a call or a film would.',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  visavis doctor\n  VISAVIS_TURN_URLS=turn:… VISAVIS_TURN_SECRET=… visavis doctor --json',
    )
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(flags, settings);
    });
}
