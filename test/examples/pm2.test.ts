// pm2 with a daemon and a home of its own.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { ask, freePort } from '../helpers/http.js';
import { isKnownDead } from '../helpers/known-dead.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { Pm2 } from '../helpers/pm2.js';
import { openFilesLimit } from '../wrappers/application.js';
import { Example, type Samples, settles } from './example.js';

const INSTANCES = 3;
for (const backend of expectedBackends()) {
  test.serial(`examples/pm2 serves all requests from any instance, on ${backend}`, async (t) => {
    t.timeout(120_000);
    const example = new Example(t, 'pm2');
    const url = `http://127.0.0.1:${await freePort()}`;
    const pm2 = new Pm2(t, example.dir);
    const pids = async () => {
      const instances = await pm2.instances();
      return instances.filter(({ name }) => name === 'shop').map(({ pid }) => pid);
    };
    const metricsPort = `${await freePort()}`;
    const [program, ...args] = example.commands[0] as readonly string[];
    t.is(program, 'pm2');
    // The daemon runs already, as it does on a server: what it was started with is not the application's.
    await pm2.run(['ping']);
    await pm2.run(args, {
      PORT: new URL(url).port,
      METRICS_PORT: metricsPort,
      PROMETHEUS_MULTIPROC_DIR: example.metricsDir,
      PROMETHEUS_MULTIPROC_BACKEND: backend,
    });
    t.is(new Set(await pids()).size, INSTANCES);

    const key = 'http_requests_total{path="/hello"}';
    const pages = async () => {
      const found = new Map<string, Samples>();
      for (let i = 0; i < 20 * INSTANCES && found.size < INSTANCES; i++) {
        const { headers, body } = await ask(`${url}/metrics`);
        found.set(String(headers['x-instance']), samplesByKey(body));
      }
      t.is(found.size, INSTANCES);
      return [...found.values()];
    };
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) t.is((await ask(`${url}/hello`)).status, 200);
    };
    await send(12);
    await settles(`${url}/metrics`, { [key]: 12 });
    for (const samples of await pages()) t.is(samples[key], 12);

    const before = await pids();
    await pm2.run(['reload', 'shop']);
    const after = await pids();
    t.true(
      after.every((pid) => !before.includes(pid)),
      'all instances are replaced',
    );
    await send(5);
    await settles(`${url}/metrics`, { [key]: 17 });
    for (const samples of await pages()) t.is(samples[key], 17);
    await settles(`http://127.0.0.1:${metricsPort}/metrics`, { [key]: 17 });
    // It has told of those that were replaced before anybody asked.
    t.deepEqual(
      before.filter((pid) => !isKnownDead(backend, example.metricsDir, pid)),
      [],
    );
    // Every instance has been asked for its default metrics.
    const [samples] = await pages();
    t.is(samples?.process_max_fds, INSTANCES * openFilesLimit());
  });
}
