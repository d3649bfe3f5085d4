// `prom-multiproc dump`: the page of what other processes have written. Needs dist/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Family } from '../../src/index.js';
import { expectedBackends } from '../helpers/backends.js';
import { cleanEnvironment, PROGRAM_FILE, runCli } from '../helpers/command-line.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { Terminal } from '../helpers/terminal.js';

const HOSTILE = 'a\u001b[2J\u0007\u009b31m\u202eb\n';

for (const backend of expectedBackends()) {
  test(`dump prints the page that a process collects, on ${backend}`, async (t) => {
    const { env, start, reader } = openScene(t, backend);
    const writer = start();
    await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
    await writer.call('c_total', 'inc', { l: HOSTILE }, 3);
    await writer.make('Histogram', { name: 'h', buckets: [1] });
    await writer.call('h', 'observe', 0.5);
    for (const format of ['text', 'openmetrics'] as const) {
      const { status, stdout, stderr } = await runCli(
        ['dump', '--no-self-metrics', '--format', format],
        { env },
      );
      t.is(stderr, '');
      t.is(status, 0);
      t.is(stdout, await reader.collect({ selfMetrics: false, format }));
    }
  });

  test(`dump leaves the directory as it is, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const writer = start();
    await writer.make('Counter', { name: 'c_total' });
    await writer.kill();
    const before = readdirSync(dir);
    t.is(before.length, 1);
    const { stdout } = await runCli(['dump'], { env });
    t.regex(stdout, /^c_total 0$/m);
    t.regex(stdout, /^prom_multiproc_writers\{state="dead"\} 1$/m);
    t.deepEqual(readdirSync(dir), before);
  });
}

test('dump --json prints families as data, and numbers that JSON lacks as strings', async (t) => {
  const { env, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Gauge', { name: 'g', help: 'Help.', labelNames: ['l'] });
  await writer.call('g', 'set', { l: 'nan' }, Number.NaN);
  await writer.call('g', 'set', { l: 'inf' }, Number.NEGATIVE_INFINITY);
  await writer.call('g', 'set', { l: HOSTILE }, 1.5);
  const { stdout } = await runCli(['dump', '--json', '--names', 'g'], { env });
  t.deepEqual(JSON.parse(stdout) as Family[], [
    {
      name: 'g',
      help: 'Help.',
      type: 'gauge',
      samples: [
        { name: 'g', labels: { l: HOSTILE }, value: 1.5 },
        { name: 'g', labels: { l: 'inf' }, value: '-Inf' as never },
        { name: 'g', labels: { l: 'nan' }, value: 'NaN' as never },
      ],
    },
  ]);
  t.notRegex(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('dump shows only the families that are named, and fails where there is none', async (t) => {
  const { env, start } = openScene(t, 'file');
  const writer = start();
  for (const name of ['a_total', 'b_total', 'c_total']) await writer.make('Counter', { name });
  const { stdout } = await runCli(['dump', '--names', 'a_total,b_total', '-n', 'c_total'], { env });
  t.deepEqual(stdout.match(/^[abc]_total/gm), ['a_total', 'b_total', 'c_total']);
  t.notRegex(stdout, /prom_multiproc/);
  const none = await runCli(['dump', '--names', 'd_total'], { env });
  t.deepEqual(none, {
    status: 1,
    stdout: '',
    stderr: 'prom-multiproc: there is no family d_total\n',
  });
});

test('dump merges several directories, by name and by pattern', async (t) => {
  const parent = temporaryDirectory(t);
  const dirs = ['a', 'b'].map((name) => join(parent, name));
  for (const dir of dirs) {
    mkdirSync(dir);
    const writer = openScene(t, 'file', dir).start();
    await writer.make('Counter', { name: 'c_total' });
    await writer.call('c_total', 'inc', 2);
  }
  for (const named of [dirs, [`${parent}/*`]]) {
    const { stdout } = await runCli(['dump', ...named]);
    t.regex(stdout, /^c_total 4$/m);
  }
  const { stdout } = await runCli(['dump', dirs[0] as string]);
  t.regex(stdout, /^c_total 2$/m);
});

test('dump fails in one line where nothing can be served', async (t) => {
  const parent = temporaryDirectory(t);
  const missing = join(parent, 'no\u001b[31m');
  t.deepEqual(await runCli(['dump', missing]), {
    status: 1,
    stdout: '',
    stderr: `prom-multiproc: ${parent}/no\\x1b[31m does not exist: no process has written metrics there\n`,
  });
  const pattern = `${parent}/x*`;
  t.deepEqual(await runCli(['dump', pattern]), {
    status: 1,
    stdout: '',
    stderr: `prom-multiproc: no directory matches ${pattern}\n`,
  });
  const nowhere = await runCli(['dump']);
  t.is(nowhere.status, 2);
  t.regex(nowhere.stderr, /^prom-multiproc: which directory\? .*PROMETHEUS_MULTIPROC_DIR\n$/);
});

test('dump ends quietly when nobody reads on, and says when it cannot write', async (t) => {
  const { dir, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
  for (let i = 0; i < 40; i++) await writer.call('c_total', 'inc', { l: 'x'.repeat(5000) + i });
  const command = `"${process.execPath}" "${PROGRAM_FILE}" dump "${dir}"`;
  const env = cleanEnvironment();
  const shell = (script: string) =>
    execFileSync('bash', ['-c', script], { env, encoding: 'utf8', stdio: 'pipe' });
  t.is(shell(`${command} 2>&1 | head -c 1; echo " status \${PIPESTATUS[0]}"`), '# status 0\n');
  t.regex(shell(`${command} 2>&1 | head -n 1`), /^# HELP c_total [^\n]*\n$/);
  t.regex(
    shell(`{ ${command} >/dev/full; } 2>&1; echo "status $?"`),
    /^prom-multiproc: cannot write to standard output: ENOSPC.*\nstatus 1\n$/,
  );
});

test('on a terminal dump shows control characters and does not send them', async (t) => {
  const { env, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
  await writer.call('c_total', 'inc', { l: HOSTILE });
  const terminal = new Terminal(t, [process.execPath, PROGRAM_FILE, 'dump', '-n', 'c_total'], {
    env,
  });
  t.is(await terminal.end(), 0);
  t.true(
    terminal.screen.includes('c_total{l="a\\x1b[2J\\x07\\x9b31m\\u{202e}b\\n"} 1'),
    terminal.screen,
  );
});
