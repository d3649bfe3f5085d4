// The listener's sockets, in this process. What it does as a program is in cli/serve-statsd.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { collect } from '../../src/index.js';
import { MAX_CONNECTIONS } from '../../src/statsd/limits.js';
import { StatsdListener } from '../../src/statsd/listener.js';
import { NO_MAPPING } from '../../src/statsd/mapping.js';
import { eventually } from '../helpers/application.js';
import { samplesByKey } from '../helpers/page-samples.js';

async function startListener(t: ExecutionContext, options: { idleMs?: number } = {}) {
  const given = { port: 0, host: '127.0.0.1', mapping: NO_MAPPING, ...options };
  const listener = await StatsdListener.start(given);
  t.teardown(() => listener.close());
  const { port } = new URL(`tcp://${listener.authority}`);
  return Number(port);
}

async function connected(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the page shows this value. */
async function shows(key: string, value: number): Promise<void> {
  await eventually(async () => {
    const found = samplesByKey(await collect())[key];
    return found === value ? undefined : `${key} is ${found}`;
  });
}

test('both protocols are on one port, and a line at the end of a connection needs no end', async (t) => {
  const port = await startListener(t);
  const socket = await connected(t, port);
  socket.end('both:1|c\nboth:2|c');
  const udp = createSocket('udp4');
  t.teardown(() => udp.close());
  udp.send('both:10|c\nboth:20|c\n', port, '127.0.0.1');
  await shows('both', 33);
  t.pass();
});

test('a connection that is silent is closed', async (t) => {
  const socket = await connected(t, await startListener(t, { idleMs: 20 }));
  socket.resume();
  await once(socket, 'close');
  t.pass();
});

test('a connection that breaks off within a line costs that line alone', async (t) => {
  const socket = await connected(t, await startListener(t));
  socket.write('broken:1|c\nbroken:1');
  await shows('broken', 1);
  socket.resetAndDestroy();
  await shows('prom_multiproc_statsd_errors_total{reason="malformed_line"}', 1);
  t.pass();
});

test('connections beyond the limit are closed and counted, and others go on', async (t) => {
  const port = await startListener(t);
  const sockets: Socket[] = [];
  for (let i = 0; i < MAX_CONNECTIONS; i++) sockets.push(await connected(t, port));
  const last = await connected(t, port);
  last.resume();
  await once(last, 'close');
  await shows('prom_multiproc_statsd_errors_total{reason="connection_limit"}', 1);
  sockets[0]?.write('limited:1|c\n');
  await shows('limited', 1);
  t.pass();
});
