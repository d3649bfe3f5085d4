import { Command, CommanderError, Option } from 'commander';
import { errorMessage } from '../errors.js';
import { VERSION } from '../version.js';
import type { CommandSpec, Entry, OptionSpec } from './command.js';
import { completionScript, SHELLS, type Shell } from './completion.js';
import { becomeReader } from './directories.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import { commandHelp, entries, HELP_ENTRY, manual, paragraph, paragraphs } from './help.js';
import { complain, connectStreams, PROGRAM, print } from './output.js';

/** Runs the program: reads the command line, does what it says, and sets the exit code. */
export async function runProgram(
  argv: readonly string[],
  commands: readonly CommandSpec[],
): Promise<void> {
  connectStreams();
  process.exitCode = await exitCodeOf(argv, commands);
}

async function exitCodeOf(
  argv: readonly string[],
  commands: readonly CommandSpec[],
): Promise<ExitCode> {
  const env = { ...process.env };
  becomeReader(process.env);
  let exitCode: ExitCode = ExitCode.done;
  const program = parserOf(commands, env, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reported(error, argv, commands);
  }
}

function parserOf(
  commands: readonly CommandSpec[],
  env: NodeJS.ProcessEnv,
  done: (exitCode: ExitCode) => void,
): Command {
  const program = quiet(new Command(PROGRAM), () => programHelp(commands))
    .version(VERSION, '-V, --version')
    .helpCommand(true)
    .addOption(new Option('--completion <shell>').choices(SHELLS))
    .argument('[command]')
    .allowExcessArguments()
    .action(async (command: string | undefined, { completion }: { completion?: Shell }) => {
      if (completion !== undefined) return print(completionScript(completion, commands));
      const names = commands.map(({ name }) => name).join(', ');
      const found =
        command === undefined ? 'no command is given' : `there is no command ${command}`;
      throw new CommandFailure(ExitCode.usage, `${found}; it can be ${names}`);
    });
  for (const spec of commands) {
    const command = quiet(program.command(spec.name), () => commandHelp(spec));
    command.allowExcessArguments(false);
    if (spec.argument !== undefined) {
      const { name, required, repeated } = spec.argument;
      const shown = repeated ? `${name}...` : name;
      command.argument(required ? `<${shown}>` : `[${shown}]`);
    }
    for (const option of spec.options) command.addOption(optionOf(option));
    command.action(async (...given: unknown[]) => {
      const args = spec.argument === undefined ? [] : [given[0]].flat();
      const named = args.filter((arg): arg is string => arg !== undefined);
      done(await spec.run({ args: named, options: command.opts(), env }));
    });
  }
  return program;
}

/** A parser that prints nothing but help, and ends nothing. */
function quiet(command: Command, help: () => string): Command {
  return command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .configureHelp({ formatHelp: help })
    .helpOption('-h, --help');
}

function optionOf({ flags, meaning, fallback, choices, parse }: OptionSpec): Option {
  const option = new Option(flags, meaning);
  if (fallback !== undefined) option.default(fallback);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(parse);
  return option;
}

/** Says what went wrong, in one line. */
function reported(
  error: unknown,
  argv: readonly string[],
  commands: readonly CommandSpec[],
): ExitCode {
  if (error instanceof CommanderError) {
    // Help and the version were asked for and printed.
    if (error.exitCode === 0) return ExitCode.done;
    const asked = commands.find(({ name }) => argv.includes(name))?.name;
    const help = [PROGRAM, ...(asked === undefined ? [] : [asked]), '--help'].join(' ');
    complain(`${error.message.replace(/^error: |\.$/g, '')}; see ${help}`);
    return ExitCode.usage;
  }
  if (error instanceof CommandFailure) {
    complain(error.message);
    return error.exitCode;
  }
  complain(errorMessage(error));
  return ExitCode.failed;
}

const EXITS: readonly Entry[] = [
  ['0', 'done'],
  ['1', 'it could not be done, or what was looked at is not as it should be'],
  ['2', 'the command line cannot be understood'],
  ['3', 'clean refused, or nobody said yes'],
];

function programHelp(commands: readonly CommandSpec[]): string {
  return manual([
    ['NAME', paragraph(`${PROGRAM} - see and serve the metrics of applications of many processes`)],
    [
      'SYNOPSIS',
      [`${PROGRAM} COMMAND [OPTIONS] [DIR...]`, `${PROGRAM} --completion SHELL`].flatMap((text) =>
        paragraph(text),
      ),
    ],
    [
      'DESCRIPTION',
      paragraphs([
        'Every process of an application writes its metrics into a file of its own in one directory. This program reads that directory from outside: it needs no change to the application, and, but for compact and clean, no right to write.',
        'DIR is such a directory or, in quotes, a glob pattern; PROMETHEUS_MULTIPROC_DIR where none is named.',
      ]),
    ],
    ['COMMANDS', entries(commands.map(({ name, summary }) => [name, summary]))],
    [
      'OPTIONS',
      entries([
        ['--completion <shell>', 'print a script that completes command lines: bash, zsh or fish'],
        ['-V, --version', 'print the version and end'],
        HELP_ENTRY,
      ]),
    ],
    ['EXIT STATUS', entries(EXITS)],
    [
      'EXAMPLES',
      entries([
        [`${PROGRAM} doctor`, 'what is wrong, and what to do'],
        [`${PROGRAM} help serve`, 'the help of one command'],
        [`source <(${PROGRAM} --completion bash)`, 'completion in this shell'],
      ]),
    ],
  ]);
}
