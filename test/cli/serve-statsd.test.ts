// `prom-multiproc serve --statsd`: lines that come by real sockets to the built program.
// Needs dist/.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { runCli, startCli } from '../helpers/command-line.js';
import { ask, freePort } from '../helpers/http.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const LINES = 100_000;
const SELF = 'prom_multiproc_statsd';

type Samples = Record<string, number>;

async function startTaking(
  t: ExecutionContext,
  dir: string,
  backend = 'mmap',
  args: string[] = [],
) {
  const env = { PROMETHEUS_MULTIPROC_BACKEND: backend };
  const program = startCli(t, ['serve', '--port', '0', '--statsd', '0', ...args, dir], { env });
  const [, url = ''] = await program.prints(/^listening on (http:\S+)\n/m);
  const [, host = '', port] = await program.prints(/^taking statsd lines on (\S+):(\d+)\n/m);
  const page = async (): Promise<Samples> => samplesByKey((await ask(url)).body);
  return { program, page, host, port: Number(port) };
}

/** Sends all of it, and resolves when the other side has read it and closed the connection. */
async function sendByTcp(port: number, text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.resume();
  socket.end(text);
  await once(socket, 'close');
}

/** Lines of which every number is known: `which` tells two bursts apart. */
function burst(which: number): { lines: string[]; expected: Samples } {
  const lines: string[] = [];
  const expected: Samples = { burst_seconds_count: 0, burst_seconds_sum: 0 };
  const add = (key: string, amount: number) => {
    expected[key] = (expected[key] ?? 0) + amount;
  };
  for (let i = 0; i < LINES; i++) {
    const tag = `worker${i % 20}`;
    switch (i % 3) {
      case 0:
        lines.push(`burst.count:${i % 7}|c|#by:${tag}`);
        add(`burst_count{by="${tag}"}`, i % 7);
        break;
      case 1:
        lines.push('burst.sampled:1|c|@0.5');
        add('burst_sampled', 2);
        break;
      default:
        // Powers of two: their sum is exact in whatever order.
        lines.push(`burst.seconds:${which === 0 ? 0.25 : 0.5}|h`);
        add('burst_seconds_count', 1);
        add('burst_seconds_sum', which === 0 ? 0.25 : 0.5);
    }
  }
  return { lines, expected };
}

const pick = (page: Samples, like: Samples): Samples =>
  Object.fromEntries(Object.keys(like).map((key) => [key, page[key] ?? Number.NaN]));

for (const backend of expectedBackends()) {
  test.serial(`${LINES} lines by TCP are what the page shows, on ${backend}`, async (t) => {
    const { page, port } = await startTaking(t, temporaryDirectory(t), backend);
    const { lines, expected } = burst(0);
    await sendByTcp(port, lines.join('\n'));
    const shown = await page();
    t.deepEqual(pick(shown, expected), expected);
    t.is(shown[`${SELF}_lines_total`], LINES);
    t.is(shown[`${SELF}_tcp_connections_total`], 1);
  });

  test.serial(
    `${LINES} lines by UDP, none of them lost on the way, are what the page shows, on ${backend}`,
    async (t) => {
      const { page, port } = await startTaking(t, temporaryDirectory(t), backend);
      const { lines, expected } = burst(0);
      const socket = createSocket('udp4');
      t.teardown(() => socket.close());
      socket.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      let sent = 0;
      for (let i = 0; i < lines.length; i += 25) {
        socket.send(lines.slice(i, i + 25).join('\n'));
        // A socket's buffer has room for as many at least.
        if (++sent % 50 === 0) {
          await eventually(async () => {
            const received = (await page())[`${SELF}_udp_packets_total`];
            return received === sent ? undefined : `${received} of ${sent} datagrams`;
          });
        }
      }
      t.deepEqual(pick(await page(), expected), expected);
    },
  );

  test.serial(`counts go on after SIGKILL and after SIGTERM, on ${backend}`, async (t) => {
    const dir = temporaryDirectory(t);
    const total: Samples = {};
    for (const [round, signal] of (['SIGKILL', 'SIGTERM', 'SIGKILL'] as const).entries()) {
      const { page, port, program } = await startTaking(t, dir, backend);
      const before = await page();
      for (const [key, count] of Object.entries(total)) t.is(before[key], count, key);
      t.is(before.burst_gauge, undefined, 'a gauge is shown while who knows it lives');
      const { lines, expected } = burst(round);
      await sendByTcp(port, `${lines.join('\n')}\nburst.gauge:${round}|g\n`);
      for (const [key, count] of Object.entries(expected)) total[key] = (total[key] ?? 0) + count;
      const shown = await page();
      t.deepEqual(pick(shown, total), total);
      t.is(shown.burst_gauge, round);
      t.is(shown[`${SELF}_lines_total`], (round + 1) * (LINES + 1));
      program.process.kill(signal);
      t.is(await program.end(), signal === 'SIGTERM' ? 0 : signal);
    }
    const { stdout } = await runCli(['dump', dir]);
    t.deepEqual(pick(samplesByKey(stdout), total), total);
  });

  test.serial(`what has arrived when SIGTERM comes is counted, on ${backend}`, async (t) => {
    const dir = temporaryDirectory(t);
    const { page, port, program } = await startTaking(t, dir, backend);
    const tcp = connect(port, '127.0.0.1');
    // It is closed under whoever still has it open.
    tcp.on('error', () => tcp.destroy());
    t.teardown(() => tcp.destroy());
    tcp.write('late.tcp:1|c\n');
    await eventually(async () => ((await page()).late_tcp === 1 ? undefined : 'not there'));
    program.process.kill('SIGSTOP');
    const udp = createSocket('udp4');
    t.teardown(() => udp.close());
    for (let i = 0; i < 100; i++) {
      await new Promise((resolve) => udp.send('late.udp:1|c', port, '127.0.0.1', resolve));
    }
    await new Promise((resolve) => tcp.write('late.tcp:1|c\n'.repeat(1000), resolve));
    program.process.kill('SIGTERM');
    program.process.kill('SIGCONT');
    t.is(await program.end(), 0, program.output);
    const { stdout } = await runCli(['dump', dir]);
    const { late_tcp, late_udp } = samplesByKey(stdout);
    t.deepEqual({ late_tcp, late_udp }, { late_tcp: 1001, late_udp: 100 });
  });
}

test('lines are on one page with what applications count', async (t) => {
  const { dir, start } = openScene(t, 'mmap');
  const writer = start();
  await writer.make('Counter', { name: 'c_total' });
  await writer.call('c_total', 'inc', 2);
  const { page, port } = await startTaking(t, dir);
  await sendByTcp(port, 'c.total:40|c\nother:1|c');
  const { c_total, other } = await page();
  t.deepEqual({ c_total, other }, { c_total: 42, other: 1 });
});

test('a mapping file makes metrics of names', async (t) => {
  const args = ['--statsd-mapping', 'examples/statsd/mapping.yml'];
  const { page, port } = await startTaking(t, temporaryDirectory(t), 'file', args);
  await sendByTcp(port, 'shop.orders.tea:3|c\nshop.upload.size:2|h\nshop.debug.x:1|c');
  const shown = await page();
  t.is(shown['shop_orders_total{product="tea"}'], 3);
  t.is(shown.shop_upload_bytes_sum, 2000);
  t.is(shown[`${SELF}_samples_dropped_total`], 1);
});

test('a directory that is not there yet is made', async (t) => {
  const dir = join(temporaryDirectory(t), 'a/b');
  await startTaking(t, dir);
  t.true(existsSync(dir));
});

test('lines are taken on the address that is asked for', async (t) => {
  const args = ['--statsd-host', '127.0.0.2'];
  t.is((await startTaking(t, temporaryDirectory(t), 'file', args)).host, '127.0.0.2');
  t.is((await startTaking(t, temporaryDirectory(t))).host, '127.0.0.1');
});

interface Fault {
  readonly args: (dir: string) => string[];
  readonly status: number;
  readonly says: RegExp;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'a pattern as first directory': {
    args: (dir) => ['--statsd', '0', join(dir, '*')],
    status: 2,
    says: /^prom-multiproc: --statsd counts in the first directory, and \S+\* is a pattern: [^\n]+\n$/,
  },
  'a file as first directory': {
    args: (dir) => ['--statsd', '0', join(dir, 'file')],
    status: 1,
    says: /^prom-multiproc: --statsd counts in \S+, which cannot be written: [^\n]+\n$/,
  },
  'a host without a port': {
    args: (dir) => ['--statsd-host', '::1', dir],
    status: 2,
    says: /^prom-multiproc: --statsd-host and --statsd-mapping need --statsd with a port\n$/,
  },
  'a mapping that is missing': {
    args: (dir) => ['--statsd', '0', '--statsd-mapping', join(dir, 'none'), dir],
    status: 1,
    says: /^prom-multiproc: cannot use the mapping \S+none: ENOENT[^\n]+\n$/,
  },
  'a mapping that is wrong': {
    args: (dir) => ['--statsd', '0', '--statsd-mapping', join(dir, 'file'), dir],
    status: 1,
    says: /^prom-multiproc: cannot use the mapping \S+file: mappings\[0\]\.match: it is missing\n$/,
  },
  'a host that there is not': {
    args: (dir) => ['--statsd', '0', '--statsd-host', '192.0.2.1', dir],
    status: 1,
    says: /^prom-multiproc: cannot take statsd lines: listen EADDRNOTAVAIL[^\n]+\n$/,
  },
};

for (const [fault, { args, status, says }] of Object.entries(FAULTS)) {
  test(`serve --statsd refuses ${fault} with one line`, async (t) => {
    const dir = temporaryDirectory(t);
    writeFileSync(join(dir, 'file'), 'mappings: [{name: x}]');
    const result = await runCli(['serve', '--port', '0', ...args(dir)]);
    t.is(result.status, status);
    t.regex(result.stderr, says);
    t.is(result.stdout, '');
  });
}

test('serve --statsd refuses a mount that is read-only with one line', async (t) => {
  const dir = temporaryDirectory(t);
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const through = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, dir];
  const result = await runCli(['serve', '--port', '0', '--statsd', '0', dir], { through });
  t.is(result.status, 1);
  t.regex(
    result.stderr,
    /^prom-multiproc: --statsd counts in \S+, which cannot be written: EROFS[^\n]+\n$/,
  );
});

test('serve --statsd refuses a port that is taken, by UDP or by TCP', async (t) => {
  const dir = temporaryDirectory(t);
  const port = await freePort();
  const args = ['serve', '--port', '0', '--statsd', String(port), dir];
  const says = /^prom-multiproc: cannot take statsd lines: (?:listen|bind) EADDRINUSE[^\n]+\n$/;
  const udp = createSocket('udp4').bind(port, '127.0.0.1');
  await once(udp, 'listening');
  const byUdp = await runCli(args);
  udp.close();
  const tcp = createServer().listen(port, '127.0.0.1');
  await once(tcp, 'listening');
  const byTcp = await runCli(args);
  tcp.close();
  for (const { status, stderr } of [byUdp, byTcp]) {
    t.is(status, 1);
    t.regex(stderr, says);
  }
});
