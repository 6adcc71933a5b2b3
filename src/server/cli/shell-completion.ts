import type { CommandOutline, OptionOutline } from './command-outline.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** @returns a script that completes the names of commands and options, and leaves the rest to the shell's files. */
export function completionScript(shell: Shell, commands: readonly CommandOutline[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const COMMON = ['--help', '--version'];

function bash(commands: readonly CommandOutline[]): string {
  const names = commands.map(({ name }) => name);
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words="${options.flatMap((option) => option.names).join(' ')}" ;;`,
  );
  return `# visavis completion for bash
_visavis() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...names, 'help', ...COMMON].join(' ')}" -- "$word"))
    return
  fi
  if [ "\${COMP_WORDS[1]}" = help ]; then
    COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$word"))
    return
  fi
  # Without a reply, bash completes names of files.
  case "$word" in -*) ;; *) return ;; esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _visavis visavis
`;
}

function zsh(commands: readonly CommandOutline[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  // Brackets end a description in _arguments, and colons a name in _describe.
  const plain = (text: string): string => text.replaceAll(/[[\]]/g, '').replaceAll(':', '\\:');
  const spec = ({ names, value, description }: OptionOutline): string[] =>
    names.map((name) =>
      quoted(`${name}[${plain(description)}]${value === undefined ? '' : `:${plain(value.slice(1, -1))}:_files`}`),
    );
  const cases = commands.map(
    ({ name, options }) => `    ${name}) _arguments ${options.flatMap(spec).join(' ')} '*:file:_files' ;;`,
  );
  const described = commands.map(({ name, summary }) => quoted(`${name}:${plain(summary)}`));
  return `#compdef visavis
_visavis() {
  local -a commands
  commands=(${described.join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_visavis" ]; then _visavis "$@"; else compdef _visavis visavis; fi
`;
}

function fish(commands: readonly CommandOutline[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c visavis -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map(({ names, value, description }) => {
      const flags = names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`));
      const takes = value === undefined ? '' : ' -r';
      return `complete -c visavis -n '__fish_seen_subcommand_from ${name}' ${flags.join(' ')}${takes} -d ${quoted(description)}`;
    }),
  ]);
  return `# visavis completion for fish\n${lines.join('\n')}\n`;
}
