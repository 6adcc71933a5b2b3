import type { CommandOutline, OptionOutline } from './command-outline.ts';

/** @returns the manual page in the macros of man(7). It holds no date, so that the same commands give the same page. */
export function manualPage(commands: readonly CommandOutline[], description: string, version: string): string {
  const lines = [
    `.TH VISAVIS 1 "" "visavis ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'visavis \\- films, motion and measurements of talking faces',
    '.SH SYNOPSIS',
    ...commands.flatMap(({ name, arguments: words }, index) => [
      ...(index === 0 ? [] : ['.br']),
      `.B visavis ${name}`,
      roff(['[options]', ...words.map(({ usage }) => usage)].join(' ')),
    ]),
    '.SH DESCRIPTION',
    roff(description),
    '.SH COMMANDS',
    ...commands.flatMap(sectionOf),
    '.SH EXIT STATUS',
    ...['.TP', '0', 'done', '.TP', '1', 'failed; one line on standard error says what to do'],
    ...['.TP', '2', 'wrong usage', '.TP', '128+n', 'ended by signal n'],
    '.SH ENVIRONMENT',
    ...['.TP', '.B VISAVIS_DATA_DIR', 'folder of keys and portraits, instead of the data folder of the user'],
  ];
  return `${lines.join('\n')}\n`;
}

function sectionOf(command: CommandOutline): string[] {
  const { name, description, arguments: words, options, examples } = command;
  return [
    `.SS ${name}`,
    roff(description),
    ...words.flatMap((argument) => ['.TP', `.I ${roff(argument.usage)}`, roff(argument.description)]),
    ...options.flatMap(optionOf),
    '.PP',
    'Examples:',
    '.nf',
    ...examples.map((line) => `    ${roff(line)}`),
    '.fi',
  ];
}

function optionOf({ names, value, description, fallback }: OptionOutline): string[] {
  const flags = names.map((name) => `\\fB${roff(name)}\\fR`).join(', ');
  const byDefault = fallback === undefined ? '' : ` (default: ${fallback})`;
  return ['.TP', `${flags}${value === undefined ? '' : ` \\fI${roff(value)}\\fR`}`, roff(`${description}${byDefault}`)];
}

/** Backslashes and dashes have a meaning in roff, as have a dot or a quote at the beginning of a line. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
