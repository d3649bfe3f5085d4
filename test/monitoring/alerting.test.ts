// Alerts on their way: an application, Prometheus, Alertmanager and a receiver, configured as
// in monitoring/ but for addresses and for how long they wait.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import test from 'ava';
import { eventually } from '../helpers/application.js';
import { serve } from '../helpers/http.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { startConfigured } from '../oracles/prometheus-server.js';
import { configure, startService } from './service.js';

const READY = /msg="Listening on" address=(\S+)/;

interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

interface Received extends Alert {
  /** Where it was sent. */
  readonly path: string;
}

/** Changes a file; each change must change something. */
function edit(file: string, changes: readonly (readonly [from: RegExp, to: string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    const changed = text.replaceAll(from, to);
    if (changed === text) throw new Error(`${file} has nothing like ${from}`);
    text = changed;
  }
  writeFileSync(file, text);
}

/** A server that takes what Alertmanager sends. */
async function startReceiver(t: Teardown): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const url = await serve(t, async (req, res) => {
    const { alerts } = (await json(req)) as { alerts: Alert[] };
    for (const alert of alerts) received.push({ ...alert, path: req.url ?? '' });
    res.end();
  });
  return { url, received };
}

/** Starts Debian's Alertmanager; it ends with the test. Returns its address. */
async function startAlertmanager(t: Teardown, config: string): Promise<string> {
  const server = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${config}`,
      `--storage.path=${temporaryDirectory(t)}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const closed = once(server, 'close');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await closed;
  });
  let log = '';
  for await (const line of createInterface({ input: server.stderr })) {
    log += `${line}\n`;
    const [, address] = READY.exec(line) ?? [];
    if (address === undefined) continue;
    server.stderr.resume();
    return address;
  }
  throw new Error(`alertmanager did not start: ${log}`);
}

test('what goes wrong reaches the receiver of its severity', async (t) => {
  t.timeout(120_000);
  const { url, received } = await startReceiver(t);
  const service = await startService(t);
  const dir = configure(t, service.port);
  edit(path.join(dir, 'alertmanager.yml'), [
    [/http:\/\/127\.0\.0\.1:9095/g, url],
    [/group_wait: \w+/g, 'group_wait: 100ms'],
    [/group_interval: \w+/g, 'group_interval: 1s'],
  ]);
  const address = await startAlertmanager(t, path.join(dir, 'alertmanager.yml'));
  edit(path.join(dir, 'prometheus.yml'), [[/alertmanager:9093/g, address]]);
  edit(path.join(dir, 'rules/store.yml'), [[/ for: \w+/g, ' for: 1s']]);
  await startConfigured(t, path.join(dir, 'prometheus.yml'));

  const labels = { job: 'shop', instance: `127.0.0.1:${service.port}` };
  const gets = (expected: Received) =>
    eventually(async () => {
      const found = received.find(
        (alert) =>
          alert.path === expected.path &&
          alert.status === expected.status &&
          Object.entries(expected.labels).every(([name, value]) => alert.labels[name] === value),
      );
      if (found !== undefined) return undefined;
      return `not ${JSON.stringify(expected)} but ${JSON.stringify(received)}`;
    });

  await service.send();
  const limit = { ...labels, alertname: 'StoreErrors', reason: 'series_limit', severity: 'ticket' };
  await gets({ path: '/ticket', status: 'firing', labels: limit });
  t.deepEqual(
    received.filter((alert) => alert.path === '/page'),
    [],
  );

  await service.kill();
  const down = { ...labels, alertname: 'MetricsTargetDown', severity: 'page' };
  await gets({ path: '/page', status: 'firing', labels: down });
});
