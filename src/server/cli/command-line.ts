import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { addAnimateCommand } from './animate-command.ts';
import { addBatchCommand } from './batch-command.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addDetectCommand } from './detect-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addDuetCommand } from './duet-command.ts';
import { addEnrolCommand } from './enrol-command.ts';
import { addEvaluateCommand } from './evaluate-command.ts';
import { addInspectCommand } from './inspect-command.ts';
import { addMeasureCommand } from './measure-command.ts';
import { addModelsCommand } from './models-command.ts';
import { addRenderCommand } from './render-command.ts';
import { addSayCommand } from './say-command.ts';
import { addStreamCommand } from './stream-command.ts';
import { EXIT_FAILURE, EXIT_WRONG_USAGE, exitCodeOf, failureLine, Interruption } from './command-failure.ts';
import type { Settings } from './settings.ts';
import { versionText } from './version-text.ts';

/** @returns the exit code: 0, 1 for a failure, 2 for wrong usage, 128 and its number after a signal. */
export async function runCommandLine(args: readonly string[], settings: Settings): Promise<number> {
  const exitCode = await exitCodeAfter(args, settings);
  // A full device is only known once everything has been written.
  await new Promise((resolve) => process.stdout.write('', resolve));
  const reason: unknown = settings.signal.reason;
  if (!(reason instanceof Interruption)) return exitCode;
  if (reason.message !== '') process.stderr.write(`visavis: ${reason.message}\n`);
  return reason.exitCode;
}

async function exitCodeAfter(args: readonly string[], settings: Settings): Promise<number> {
  const program = commandLine(settings);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_WRONG_USAGE;
    if (settings.signal.aborted) return EXIT_FAILURE;
    const named = program.commands.some((command) => command.name() === args[0]) ? `visavis ${args[0]}` : 'visavis';
    process.stderr.write(`${failureLine(thrown, named)}\n`);
    return exitCodeOf(thrown) === EXIT_FAILURE && process.exitCode !== undefined
      ? Number(process.exitCode)
      : exitCodeOf(thrown);
  }
}

/** @returns all commands; nothing runs before one is parsed. */
export function commandLine(settings: Settings): Command {
  const program = new Command('visavis')
    .description('One portrait and a voice become a talking face: films, motion and measurements, without a call.')
    .option('-V, --version', 'print the versions of the program, its motion bundle and the avatars that it reads')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError(false)
    .showSuggestionAfterError(true)
    .configureOutput(complaintsOf('visavis'))
    .exitOverride();
  program.on('option:version', () => {
    process.stdout.write(`${versionText(settings)}\n`);
    throw new CommanderError(0, 'commander.version', '');
  });
  const commands = [
    addEnrolCommand,
    addInspectCommand,
    addAnimateCommand,
    addStreamCommand,
    addRenderCommand,
    addSayCommand,
    addDuetCommand,
    addBatchCommand,
    addDetectCommand,
    addEvaluateCommand,
    addMeasureCommand,
    addModelsCommand,
    addDoctorCommand,
    addCompletionCommand,
  ];
  for (const add of commands) add(program, settings);
  for (const command of program.commands) {
    command
      .exitOverride()
      .copyInheritedSettings(program)
      .configureOutput(complaintsOf(`visavis ${command.name()}`));
  }
  return program;
}

function complaintsOf(command: string): OutputConfiguration {
  return {
    outputError: (text, write) => {
      write(`visavis: ${oneLine(text, command)}\n`);
    },
  };
}

/** The parser's own complaint, with where to read on. */
function oneLine(text: string, command: string): string {
  const complaint = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${complaint}${/[.)]$/.test(complaint) ? '' : '.'} See ${command} --help.`;
}
