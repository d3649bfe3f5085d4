// `prom-multiproc top` in a real terminal, and without one. Needs dist/.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { PROGRAM_FILE, runCli } from '../helpers/command-line.js';
import { openScene, type Scene, type WriterProcess } from '../helpers/scene.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { Terminal, type TerminalOptions } from '../helpers/terminal.js';

const TOP = [process.execPath, PROGRAM_FILE, 'top', '--interval', '0.2'];

function startTop(t: Teardown, scene: Scene, options: TerminalOptions = {}): Terminal {
  return new Terminal(t, TOP, {
    columns: 100,
    rows: 20,
    ...options,
    env: { ...scene.env, ...options.env },
  });
}

/** Writers that each count `orders_total` by product, and observe. */
async function startWriters(scene: Scene, products: readonly string[]): Promise<WriterProcess[]> {
  const writers: WriterProcess[] = [];
  for (const product of products) {
    const writer = scene.start();
    await writer.make('Counter', { name: 'orders_total', labelNames: ['product'] });
    await writer.call('orders_total', 'inc', { product }, 10);
    await writer.make('Gauge', { name: 'queued' });
    writers.push(writer);
  }
  return writers;
}

/** Counts until told to stop: a rate that is there at whatever moment it is looked at. */
function keepCounting(t: Teardown, writer: WriterProcess, product: string): void {
  let counting = true;
  const counted = (async () => {
    while (counting) await writer.call('orders_total', 'inc', { product }, 1);
  })();
  t.teardown(async () => {
    counting = false;
    await counted.catch(() => undefined);
  });
}

for (const backend of expectedBackends()) {
  test.serial(
    `top shows writers, and the series that count, as they change, on ${backend}`,
    async (t) => {
      const scene = openScene(t, backend);
      const [idle, busy] = (await startWriters(scene, ['tea', 'coffee'])) as [
        WriterProcess,
        WriterProcess,
      ];
      const terminal = startTop(t, scene);
      await terminal.shows(/^2 writers: 2 live, 0 hidden, 0 dead; 2 series that count$/m);
      t.true(terminal.screen.includes(scene.dir));
      t.notRegex(terminal.screen, /queued/);
      keepCounting(t, busy, 'coffee');
      const rate = '[1-9][\\d,.]*';
      // The busy one comes first, in both tables.
      await terminal.shows(
        new RegExp(
          [
            `^WRITER +STATE +AGE +HEARTBEAT +RATE/S +SERIES +SIZE$\n`,
            `^${busy.pid} +live +[^\n]+ s +${rate} +\\d+ +128 KiB$\n`,
            `^${idle.pid} +live +[^\n]+ s +0 +\\d+ +128 KiB$\n`,
            '^$\n',
            '^RATE/S +VALUE +SERIES$\n',
            `^ *${rate} +${rate} +orders_total\\{product="coffee"\\}$\n`,
            '^ *0 +10 +orders_total\\{product="tea"\\}$',
          ].join(''),
          'm',
        ),
      );
      await idle.kill();
      await terminal.shows(new RegExp(`^${idle.pid} +dead `, 'm'));
      await terminal.shows(/^2 writers: 1 live, 0 hidden, 1 dead/m);
      await runCli(['compact'], { env: scene.env });
      await terminal.shows(/^1 writer: 1 live, 0 hidden, 0 dead; 2 series that count$/m);
      // A line less, and nothing is left of it.
      t.is(terminal.screen.match(/product="tea"/g)?.length, 1, terminal.screen);
      terminal.type('q');
      t.is(await terminal.end(), 0);
    },
  );
}

test.serial('top fits into whatever size the terminal gets', async (t) => {
  const scene = openScene(t, 'file');
  await startWriters(scene, ['tea', 'a'.repeat(200), '茶'.repeat(100)]);
  // It draws anew because of the size, and not because it looks again.
  const command = [...TOP, '--interval', '600'];
  const terminal = new Terminal(t, command, { columns: 100, rows: 24, env: scene.env });
  await terminal.shows(/orders_total\{product="茶+…$/m);
  for (const [columns, rows] of [
    [40, 10],
    [120, 30],
    [30, 3],
    [100, 24],
  ] as const) {
    terminal.resize(columns, rows);
    // The line that tells of all writers is as long as there is room for, and the last one.
    const told = '3 writers: 3 live, 0 hidden, 0 dead; 3 series that count';
    const shown = told.length > columns ? `${told.slice(0, columns - 1)}…` : told;
    await terminal.shows(new RegExp(`^${shown}$`, 'm'));
    const lines = terminal.screen.split('\n');
    t.true(lines.length <= rows, terminal.screen);
    if (rows >= 10) t.regex(terminal.screen, /^RATE\/S/m);
    t.is(
      lines.filter((line) => line.startsWith('3 writers')).length,
      1,
      'nothing is left of before',
    );
  }
  terminal.type('C-c');
  t.is(await terminal.end(), 0);
});

test.serial(
  'top gives the terminal back as it was, whether it quits or is told to end',
  async (t) => {
    const scene = openScene(t, 'file');
    await startWriters(scene, ['tea']);
    for (const end of ['q', 'SIGTERM', 'SIGHUP'] as const) {
      const script = `echo before; "$@"; echo "after $?"; exec cat`;
      const terminal = new Terminal(t, ['sh', '-c', script, 'sh', ...TOP], { env: scene.env });
      await terminal.shows(/1 writer: 1 live/);
      t.true(terminal.isOnOtherScreen);
      t.true(terminal.hidesCursor);
      t.notRegex(terminal.screen, /before/);
      if (end === 'q') terminal.type('q');
      else process.kill(terminal.childOf(terminal.pid), end);
      await terminal.shows(/^before\nafter 0$/m);
      t.false(terminal.isOnOtherScreen);
      t.false(terminal.hidesCursor);
      // Keys are lines again, and are echoed.
      terminal.type('-l', 'typed');
      await terminal.shows(/^typed$/m);
    }
  },
);

test.serial('top uses colours, and none where NO_COLOR is set', async (t) => {
  const scene = openScene(t, 'file');
  const [writer] = (await startWriters(scene, ['tea'])) as [WriterProcess];
  await writer.kill();
  const colours = [];
  for (const env of [{}, { NO_COLOR: '1' }]) {
    const terminal = startTop(t, scene, { env: env as Record<string, string> });
    await terminal.shows(/1 dead/);
    colours.push(terminal.colouredScreen.includes('\u001b['));
    terminal.type('q');
    t.is(await terminal.end(), 0);
  }
  t.deepEqual(colours, [true, false]);
});

test.serial('top never sends what is in label values', async (t) => {
  const scene = openScene(t, 'file');
  await startWriters(scene, ['\u001b[2J\u001b]0;owned\u0007\u009b5n\u202e\r\nx']);
  const terminal = startTop(t, scene);
  await terminal.shows(
    /orders_total\{product="\\x1b\[2J\\x1b\]0;owned\\x07\\x9b5n\\u\{202e\}\\x0d\\x0ax"\}$/m,
  );
  t.regex(terminal.screen, /^1 writer: 1 live/m);
});

test.serial('top waits for a directory that is not there, and for one that goes', async (t) => {
  const parent = temporaryDirectory(t);
  const dir = join(parent, 'app');
  const scene = openScene(t, 'file', dir);
  const terminal = startTop(t, scene, { columns: 160 });
  await terminal.shows(/app does not exist/);
  const [writer] = (await startWriters(scene, ['tea'])) as [WriterProcess];
  await terminal.shows(/^1 writer: 1 live/m);
  t.notRegex(terminal.screen, /does not exist/);
  await writer.kill();
  rmSync(dir, { recursive: true });
  await terminal.shows(/app does not exist/);
  terminal.type('q');
  t.is(await terminal.end(), 0);
});

test.serial(
  'top shows only the families that are named, and their part of what writers do',
  async (t) => {
    const scene = openScene(t, 'file');
    const [writer] = (await startWriters(scene, ['tea'])) as [WriterProcess];
    await writer.make('Summary', { name: 's' });
    keepCounting(t, writer, 'coffee');
    const terminal = new Terminal(t, [...TOP, '--names', 's'], { columns: 100, env: scene.env });
    await terminal.shows(/; 1 series that count$/m);
    await terminal.shows(new RegExp(`^${writer.pid} +live +[^\n]+ s +0 +\\d+ `, 'm'));
    t.notRegex(terminal.screen, /orders_total/);
  },
);

test.serial('without a terminal top looks twice, prints once and ends', async (t) => {
  const scene = openScene(t, 'file');
  const [writer] = (await startWriters(scene, ['tea'])) as [WriterProcess];
  keepCounting(t, writer, 'tea');
  const { status, stdout, stderr } = await runCli(['top', '-i', '0.5'], { env: scene.env });
  t.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  t.false(stdout.includes('\u001b'));
  t.is(stdout.match(/^WRITER /gm)?.length, 1);
  t.regex(stdout, new RegExp(`^${writer.pid} +live `, 'm'));
  t.regex(stdout, /^ *[1-9][\d,.]* +[\d,.]+ +orders_total\{product="tea"\}$/m);
  rmSync(scene.dir, { recursive: true });
  const missing = await runCli(['top', join(scene.dir, 'x')]);
  t.is(missing.status, 1);
  t.regex(missing.stderr, /^prom-multiproc: \S+ does not exist[^\n]*\n$/);
});
