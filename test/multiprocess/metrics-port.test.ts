// One port for the metrics of a cluster: one worker has it and another takes it over when
// that one is killed, or all share it.

import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { startMetricsServer } from '../../src/index.js';
import { expectedBackends } from '../helpers/backends.js';
import { type Child, startChild } from '../helpers/children.js';
import { ask, freePort } from '../helpers/http.js';
import { openScene } from '../helpers/scene.js';
import type { Ended, Listens, StartCommand } from '../programs/metrics-port.js';

const WORKERS = 3;

async function startCluster(
  t: ExecutionContext,
  backend: string,
  command: Omit<StartCommand, 'workers'>,
): Promise<Child> {
  const child = startChild(t, 'metrics-port', { env: openScene(t, backend).env });
  await child.request({ ...command, workers: WORKERS });
  return child;
}

/** The workers that have begun to listen, in their order. */
function listening(cluster: Child): Listens[] {
  return (cluster.events as (Listens | Ended)[]).filter((event) => 'port' in event);
}

async function page(port: number): Promise<string> {
  const { status, body } = await ask(`http://127.0.0.1:${port}/metrics`);
  if (status !== 200) throw new Error(`${status}: ${body}`);
  return body;
}

for (const backend of expectedBackends()) {
  test(`${backend}: whoever has the port is killed, another takes it over, and no count is lost`, async (t) => {
    const port = await freePort();
    const cluster = await startCluster(t, backend, { port, takeOver: true });
    const holders: number[] = [];
    for (let deaths = 0; deaths < WORKERS; deaths++) {
      // Each death is told, and each time that another listens.
      await cluster.heard(2 * deaths + 1);
      const { pid } = listening(cluster)[deaths] as Listens;
      holders.push(pid);
      const text = await page(port);
      t.regex(text, new RegExp(`^worker_starts_total ${WORKERS}$`, 'm'));
      t.is(listening(cluster).length, deaths + 1, 'one at a time');
      process.kill(pid, 'SIGKILL');
    }
    t.is(new Set(holders).size, WORKERS);
  });

  test(`${backend}: workers that are not told to take over share the port of the cluster`, async (t) => {
    const cluster = await startCluster(t, backend, { port: 0, takeOver: false });
    await cluster.heard(WORKERS);
    const [first, ...others] = listening(cluster) as [Listens, ...Listens[]];
    t.deepEqual(
      others.map(({ port }) => port),
      [first.port, first.port],
    );
    process.kill(first.pid, 'SIGKILL');
    await cluster.heard(WORKERS + 1);
    // Each connection goes to the next of those that are left.
    for (let i = 0; i < WORKERS; i++) {
      t.regex(await page(first.port), new RegExp(`^worker_starts_total ${WORKERS}$`, 'm'));
    }
  });
}

test('who waits for a port has no address, and can be closed', async (t) => {
  const holder = await startMetricsServer({ port: 0 });
  const port = holder.address?.port as number;
  const [first, second] = [
    await startMetricsServer({ port, takeOver: true }),
    await startMetricsServer({ port, takeOver: true }),
  ];
  t.is(first.address, undefined);
  t.is(first.url, undefined);
  await first.close();
  await holder.close();
  await new Promise<void>((resolve, reject) => {
    // The first one is closed: only the second can have it again.
    const watched = setInterval(() => {
      if (first.address !== undefined) reject(new Error('the closed one listens'));
      if (second.address?.port === port) resolve();
    }, 10);
    t.teardown(() => clearInterval(watched));
  });
  t.is((await ask(second.url as string)).status, 200);
  await second.close();
});

test('a port that cannot be had for another reason than that it is taken is an error at once', async (t) => {
  await t.throwsAsync(startMetricsServer({ port: 9, host: '192.0.2.1', takeOver: true }), {
    code: 'EADDRNOTAVAIL',
  });
});
