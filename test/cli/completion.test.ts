// Completion in real shells, in a real terminal: what a Tab makes of a line. Needs dist/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { PROGRAM_FILE, runCli } from '../helpers/command-line.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { Terminal } from '../helpers/terminal.js';

/** How each shell is started so that it reads nothing but this, and shows `$` when it is ready. */
const SHELLS = {
  bash: {
    start: (script: string, rc: string) => {
      writeFileSync(rc, `PS1='$ '\nbind 'set enable-bracketed-paste off'\nsource '${script}'\n`);
      return ['bash', '--noprofile', '--rcfile', rc, '-i'];
    },
  },
  zsh: {
    start: (script: string, rc: string) => {
      mkdirSync(`${rc}.d`);
      const lines = ["PS1='$ '", 'autoload -Uz compinit', 'compinit -u -D', `source '${script}'`];
      writeFileSync(join(`${rc}.d`, '.zshrc'), `${lines.join('\n')}\n`);
      return ['env', `ZDOTDIR=${rc}.d`, 'zsh', '-d', '-i'];
    },
  },
  fish: {
    start: (script: string, rc: string) => {
      mkdirSync(rc);
      const prompt = "function fish_prompt; echo '$ '; end";
      const begin = `set fish_greeting; set -U fish_autosuggestion_enabled 0; ${prompt}; source '${script}'`;
      return ['env', `XDG_CONFIG_HOME=${rc}`, `XDG_DATA_HOME=${rc}`, 'fish', '-C', begin];
    },
  },
} as const;

type Shell = keyof typeof SHELLS;

async function startShell(t: Teardown, shell: Shell): Promise<Terminal> {
  const directory = temporaryDirectory(t);
  const script = join(directory, 'completion');
  const { stdout } = await runCli(['--completion', shell]);
  writeFileSync(script, stdout);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  symlinkSync(PROGRAM_FILE, join(bin, 'prom-multiproc'));
  mkdirSync(join(directory, 'here', 'metrics'), { recursive: true });
  const command = SHELLS[shell].start(script, join(directory, 'rc'));
  const cd = ['sh', '-c', 'cd "$0" && exec "$@"', join(directory, 'here')];
  const terminal = new Terminal(t, [...cd, ...command], {
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: directory },
  });
  await terminal.shows(/\$/);
  return terminal;
}

const LINES: Readonly<Record<string, RegExp>> = {
  'prom-multiproc du': /prom-multiproc dump$/,
  'prom-multiproc dump --js': /prom-multiproc dump --json$/,
  'prom-multiproc dump --format op': /prom-multiproc dump --format openmetrics$/,
  'prom-multiproc dump met': /prom-multiproc dump metrics\/$/,
  'prom-multiproc --comp': /prom-multiproc --completion$/,
  'prom-multiproc help doc': /prom-multiproc help doctor$/,
};

for (const shell of Object.keys(SHELLS) as Shell[]) {
  test.serial(`${shell} completes commands, options and their values`, async (t) => {
    const terminal = await startShell(t, shell);
    for (const [line, completed] of Object.entries(LINES)) {
      terminal.type('C-u');
      terminal.type('-l', line);
      await terminal.shows(new RegExp(`${line}$`));
      terminal.type('Tab');
      await terminal.shows(completed);
      terminal.type('C-u');
      await t.notThrowsAsync(terminal.shows(/\$\s*$/));
    }
  });

  test(`${shell} finds no fault in its completion script`, async (t) => {
    const { stdout } = await runCli(['--completion', shell]);
    const file = join(temporaryDirectory(t), 'completion');
    writeFileSync(file, stdout);
    t.notThrows(() => execFileSync(shell, ['-n', file], { stdio: 'pipe' }));
  });
}
