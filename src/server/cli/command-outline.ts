import type { Command, Option } from 'commander';

export interface OptionOutline {
  /** `--out`, `-o`: longest first. */
  readonly names: readonly string[];
  /** `<file>`, or nothing for a switch. */
  readonly value: string | undefined;
  readonly description: string;
  /** In words, where there is one to speak of. */
  readonly fallback: string | undefined;
}

export interface ArgumentOutline {
  /** `<portrait>`, `[audio]` or `<films...>`. */
  readonly usage: string;
  readonly description: string;
}

/** A command by its definition, for whatever describes it elsewhere than in its help. */
export interface CommandOutline {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly ArgumentOutline[];
  readonly options: readonly OptionOutline[];
  /** Lines of the shell. */
  readonly examples: readonly string[];
}

/** @returns the commands that the help of `program` lists, in its order. */
export function outlineOf(program: Command): CommandOutline[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map(outlineOfCommand);
}

function outlineOfCommand(command: Command): CommandOutline {
  return {
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
      return { usage: argument.required ? `<${name}>` : `[${name}]`, description: argument.description };
    }),
    options: command.createHelp().visibleOptions(command).map(outlineOfOption),
    examples: examplesOf(command),
  };
}

function outlineOfOption(option: Option): OptionOutline {
  const { long, short, description, flags, defaultValueDescription } = option;
  const value: unknown = option.defaultValue;
  const plain = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  return {
    names: [long, short].flatMap((name) => name ?? []),
    value: /[<[].*[>\]]/.exec(flags)?.[0],
    description,
    fallback: defaultValueDescription ?? plain,
  };
}

/** The examples stand in the text after a command's help, which only its printing gives. */
function examplesOf(command: Command): string[] {
  let help = '';
  const output = command.configureOutput();
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  command.configureOutput(output);
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
