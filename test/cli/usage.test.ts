// The command line of `prom-multiproc`: help, versions, errors. Needs dist/.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { COMMANDS } from '../../src/cli/commands.js';
import { VERSION } from '../../src/version.js';
import { root } from '../docs/program.js';
import { runCli } from '../helpers/command-line.js';

const GOLDEN = join(root, 'test/cli/help');
const NAMES = COMMANDS.map(({ name }) => name);
const SECTIONS = [
  'NAME',
  'SYNOPSIS',
  'DESCRIPTION',
  'COMMANDS',
  'OPTIONS',
  'EXIT STATUS',
  'ENVIRONMENT',
  'EXAMPLES',
];

/** To bring these up to date: `prom-multiproc help NAME >test/cli/help/NAME.txt`. */
function golden(name: string): string {
  return readFileSync(join(GOLDEN, `${name}.txt`), 'utf8');
}

test('there is a golden help text for every command, and for nothing else', (t) => {
  t.deepEqual(
    readdirSync(GOLDEN).sort(),
    [...NAMES, 'prom-multiproc'].map((name) => `${name}.txt`).sort(),
  );
});

test('--help, -h and help print the help of the program', async (t) => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { status, stdout, stderr } = await runCli(args);
    t.deepEqual(
      { status, stdout, stderr },
      { status: 0, stdout: golden('prom-multiproc'), stderr: '' },
    );
  }
});

for (const name of NAMES) {
  test(`${name} --help prints a manual page of at most 80 columns`, async (t) => {
    for (const args of [
      [name, '--help'],
      ['help', name],
    ]) {
      const { status, stdout, stderr } = await runCli(args);
      t.deepEqual({ status, stdout, stderr }, { status: 0, stdout: golden(name), stderr: '' });
    }
    const titles: readonly string[] = golden(name).match(/^[A-Z][A-Z ]+$/gm) ?? [];
    t.deepEqual(
      titles,
      SECTIONS.filter((title) => titles.includes(title)),
    );
    for (const title of ['NAME', 'SYNOPSIS', 'OPTIONS', 'EXIT STATUS'])
      t.true(titles.includes(title));
    t.true(
      golden(name)
        .split('\n')
        .every((line) => line.length <= 80),
    );
  });
}

test('--version prints the version of the package', async (t) => {
  for (const flag of ['--version', '-V']) {
    t.deepEqual(await runCli([flag]), { status: 0, stdout: `${VERSION}\n`, stderr: '' });
  }
});

const MISTAKES: Readonly<Record<string, { args: string[]; says: RegExp }>> = {
  'no command': { args: [], says: /^no command is given; it can be serve, dump/ },
  'an unknown command': {
    args: ['dmup'],
    says: /^there is no command dmup; it can be serve, dump/,
  },
  'an unknown option': {
    args: ['dump', '--jsno'],
    says: /^unknown option '--jsno' \(Did you mean --json\?\); see prom-multiproc dump --help$/,
  },
  'a value that cannot be': {
    args: ['serve', '--port', '65536'],
    says: /'65536' is invalid\. It is a whole number from 0 to 65535; see prom-multiproc serve --help$/,
  },
  'a choice that there is not': {
    args: ['dump', '--format', 'xml'],
    says: /'xml' is invalid\. Allowed choices are text, openmetrics; see prom-multiproc dump --help$/,
  },
  'a missing value': { args: ['serve', '--host'], says: /'--host <address>' argument missing/ },
  'an interval that cannot be': { args: ['top', '-i', '0'], says: /number of seconds from 0\.1/ },
  'an empty name': { args: ['dump', '-n', 'a,,b'], says: /A name is empty; see/ },
  'one argument too many': { args: ['clean', 'a', 'b'], says: /^too many arguments for 'clean'/ },
  'an unknown shell': {
    args: ['--completion', 'csh'],
    says: /Allowed choices are bash, zsh, fish/,
  },
  'control characters': {
    args: ['dump', '--\u001b[31m\n\u009b'],
    says: /^unknown option '--\\x1b\[31m \\x9b'/,
  },
};

for (const [mistake, { args, says }] of Object.entries(MISTAKES)) {
  test(`${mistake}: one line on stderr, exit code 2`, async (t) => {
    const { status, stdout, stderr } = await runCli(args);
    t.is(status, 2);
    t.is(stdout, '');
    const [line = '', ...rest] = stderr.split('\n');
    t.deepEqual(rest, ['']);
    t.regex(line.replace(/^prom-multiproc: /, ''), says);
    t.true(line.startsWith('prom-multiproc: '));
  });
}

test('what an application loads has nothing of the program in it', (t) => {
  const tools = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>)
      .dependencies as object,
  ).filter((name) =>
    ['ansi-escapes', 'commander', 'picocolors', 'string-width', 'yaml'].includes(name),
  );
  t.is(tools.length, 5);
  const loads = (file: string): string[] => {
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    const local = [...text.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, name]) => name as string);
    return [text, ...local.flatMap(loads)];
  };
  const foundIn = (file: string) =>
    tools.filter((name) => loads(file).some((text) => text.includes(`("${name}")`)));
  t.deepEqual(foundIn('prom-multiproc.cjs'), tools);
  for (const file of ['index.cjs', 'prom-client.cjs', 'register.cjs']) {
    t.deepEqual(foundIn(file), [], file);
  }
});
