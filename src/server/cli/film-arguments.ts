import { isAbsolute, join } from 'node:path';
import { Command, CommanderError, type Option } from 'commander';
import { UsageError } from './command-failure.ts';
import type { FilmFlags } from './film-options.ts';
import { addRenderCommand } from './render-command.ts';
import { addSayCommand } from './say-command.ts';
import type { Settings } from './settings.ts';

/** What a batch decides itself, for every film. */
const DECIDED = new Set(['out', 'frames', 'force', 'json', 'quiet', 'help']);
/** Options that name a file which the film is made from. */
const INPUTS = ['controls', 'motion'] as const;

/** Options for a film that come from a list, judged by the definition of the command that will get them. */
export class FilmArguments {
  readonly #command: Command;

  constructor(name: 'render' | 'say', settings: Settings) {
    const program = new Command().exitOverride().configureOutput({ outputError: () => undefined });
    if (name === 'render') addRenderCommand(program, settings);
    else addSayCommand(program, settings);
    const command = program.commands[0]!;
    // Nothing is run here: the arguments are only read.
    this.#command = command.copyInheritedSettings(program).action(() => undefined);
  }

  /**
   * @param given - values by the names of options, `true` for a switch.
   * @param folder - names of files count from here.
   * @returns words of a command line. @throws UsageError for a name that is no option.
   */
  wordsOf(given: ReadonlyMap<string, string | true>, folder: string): string[] {
    return [...given].flatMap(([name, value]) => {
      const option = this.#optionOf(name);
      if (option.isBoolean() || !(option.required || option.optional)) {
        if (value === true || /^(?:true|yes|1)$/i.test(value)) return [`--${name}`];
        if (/^(?:false|no|0)$/i.test(value)) return [];
        throw new UsageError(`"${name}" is a switch: give yes or no.`);
      }
      if (value === true) throw new UsageError(`"${name}" needs a value.`);
      const namesFile = /<(?:file|folder)>/.test(option.flags) && value !== '-' && !isAbsolute(value);
      return [`--${name}=${namesFile ? join(folder, value) : value}`];
    });
  }

  /**
   * @param words - arguments and options, as on a command line.
   * @returns what they say that a batch must know. @throws UsageError for words that the command would refuse.
   */
  check(words: readonly string[]): { consent: string | undefined; drawn: boolean; files: string[] } {
    try {
      this.#command.parse(words, { from: 'user' });
    } catch (thrown) {
      if (!(thrown instanceof CommanderError)) throw thrown;
      throw new UsageError(thrown.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' '));
    }
    const flags = this.#command.opts<FilmFlags & { readonly motion?: string }>();
    const decided = Object.keys(flags).find(
      (name) => DECIDED.has(name) && this.#command.getOptionValueSource(name) === 'cli',
    );
    if (decided !== undefined) throw new UsageError(`--${decided} is decided by the batch itself.`);
    const files = INPUTS.flatMap((name) => flags[name] ?? []);
    return { consent: flags.consent, drawn: flags.drawn === true, files };
  }

  #optionOf(name: string): Option {
    const option = this.#command.options.find(({ long }) => long === `--${name}`);
    if (option !== undefined && !DECIDED.has(name)) return option;
    throw new UsageError(`"${name}" is no option of a film; \`visavis ${this.#command.name()} --help\` lists them.`);
  }
}
