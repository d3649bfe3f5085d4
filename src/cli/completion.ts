import type { CommandSpec, Completion, OptionSpec } from './command.js';
import { PROGRAM } from './output.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const MAKERS: Readonly<Record<Shell, (commands: readonly CommandSpec[]) => string>> = {
  bash: bashCompletion,
  zsh: (commands) =>
    // zsh understands what bash completes with, and so there is one description to keep right.
    `#compdef ${PROGRAM}\nautoload -Uz bashcompinit && bashcompinit\n${bashCompletion(commands)}`,
  fish: fishCompletion,
};

/** A script for a shell that completes commands, options and their values. */
export function completionScript(shell: Shell, commands: readonly CommandSpec[]): string {
  return MAKERS[shell](commands);
}

/** The long names of an option and whether it takes a value. */
function parsed({ flags, choices, completion }: OptionSpec) {
  const names = flags.match(/--?[a-z-]+/g) ?? [];
  const takesValue = flags.includes('<');
  return { names, takesValue, value: choices ?? completion };
}

function bashCompletion(commands: readonly CommandSpec[]): string {
  const cases = commands.flatMap((command) => {
    const options = command.options.map(parsed);
    const words = [...options.flatMap(({ names }) => names), '-h', '--help'].join(' ');
    const values = options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, value }) => `        ${names.join('|')}) ${bashWords(value)}; return ;;`);
    return [
      `    ${command.name})`,
      '      case $previous in',
      ...values,
      '      esac',
      '      case $word in',
      `        -*) COMPREPLY=($(compgen -W '${words}' -- "$word")) ;;`,
      `        *) ${bashWords(command.argument?.completion)} ;;`,
      '      esac ;;',
    ];
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `${[
    '_prom_multiproc() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}`,
    '  COMPREPLY=()',
    '  if [[ $previous == --completion ]]; then',
    `    COMPREPLY=($(compgen -W '${SHELLS.join(' ')}' -- "$word")); return`,
    '  fi',
    '  if [[ $COMP_CWORD -eq 1 ]]; then',
    `    COMPREPLY=($(compgen -W '${names} help --help --version --completion' -- "$word")); return`,
    '  fi',
    `  case \${COMP_WORDS[1]} in`,
    `    help) COMPREPLY=($(compgen -W '${names}' -- "$word")) ;;`,
    ...cases,
    '  esac',
    '}',
    `complete -o filenames -F _prom_multiproc ${PROGRAM}`,
  ].join('\n')}\n`;
}

function bashWords(completion: Completion | undefined): string {
  if (completion === undefined) return ':';
  if (completion === 'directory') return 'COMPREPLY=($(compgen -d -- "$word"))';
  if (completion === 'file') return 'COMPREPLY=($(compgen -f -- "$word"))';
  return `COMPREPLY=($(compgen -W '${completion.join(' ')}' -- "$word"))`;
}

function fishCompletion(commands: readonly CommandSpec[]): string {
  const start = `complete -c ${PROGRAM}`;
  const lines = [
    `${start} -f`,
    `${start} -n __fish_use_subcommand -l help -s h -d 'print help and end'`,
    `${start} -n __fish_use_subcommand -l version -s V -d 'print the version and end'`,
    `${start} -n __fish_use_subcommand -l completion -x -a '${SHELLS.join(' ')}' -d 'print a script for this shell'`,
  ];
  const names = commands.map(({ name }) => name).join(' ');
  lines.push(
    `${start} -n __fish_use_subcommand -a help -d 'print the help of a command'`,
    `${start} -n '__fish_seen_subcommand_from help' -a '${names}'`,
  );
  for (const command of commands) {
    const { name, summary, argument, options } = command;
    lines.push(`${start} -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`);
    const within = `${start} -n '__fish_seen_subcommand_from ${name}'`;
    lines.push(`${within} -l help -s h -d 'print help and end'`);
    if (argument !== undefined) lines.push(within + fishWords(argument.completion));
    for (const option of options) {
      const { names, takesValue, value } = parsed(option);
      const flags = names.map((flag) =>
        flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`,
      );
      const words = takesValue ? ` -r${value === undefined ? '' : fishWords(value)}` : '';
      lines.push(`${within}${flags.join('')}${words} -d ${fishQuoted(option.meaning)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function fishWords(completion: Completion): string {
  if (completion === 'directory') return " -a '(__fish_complete_directories)'";
  return completion === 'file' ? ' -F' : ` -a '${completion.join(' ')}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
