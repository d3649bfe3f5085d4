// pm2 with a daemon and a home of its own.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { ask, freePort } from '../helpers/http.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { openFilesLimit } from '../wrappers/application.js';
import { Example, type Samples, settles } from './example.js';

const INSTANCES = 3;
const bin = createRequire(import.meta.url).resolve('pm2/bin/pm2');

type Pm2 = (...args: readonly string[]) => Promise<string>;

function pm2In(t: ExecutionContext, cwd: string, env: Readonly<Record<string, string>>): Pm2 {
  const home = temporaryDirectory(t);
  const options = {
    cwd,
    env: { ...process.env, ...env, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' },
  };
  const pm2: Pm2 = async (...args) => {
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], options);
    return stdout;
  };
  t.teardown(async () => {
    const daemon = Number(readFileSync(path.join(home, 'pm2.pid'), 'utf8'));
    const pids = [daemon, ...(await instancePids(pm2))];
    await pm2('kill');
    await eventually(async () => {
      const left = pids.filter(isRunning);
      return left.length === 0 ? undefined : `${left} still run`;
    });
  });
  return pm2;
}

async function instancePids(pm2: Pm2): Promise<number[]> {
  const list = JSON.parse(await pm2('jlist', '--silent')) as { pid: number }[];
  return list.map(({ pid }) => pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

for (const backend of expectedBackends()) {
  test.serial(`examples/pm2 serves all requests from any instance, on ${backend}`, async (t) => {
    t.timeout(120_000);
    const example = new Example(t, 'pm2');
    const url = `http://127.0.0.1:${await freePort()}`;
    const pm2 = pm2In(t, example.dir, {
      PORT: new URL(url).port,
      PROMETHEUS_MULTIPROC_DIR: example.metricsDir,
      PROMETHEUS_MULTIPROC_BACKEND: backend,
    });
    const [program, ...args] = example.commands[0] as readonly string[];
    t.is(program, 'pm2');
    await pm2(...args);
    t.is(new Set(await instancePids(pm2)).size, INSTANCES);

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

    const before = await instancePids(pm2);
    await pm2('reload', 'shop');
    const after = await instancePids(pm2);
    t.true(
      after.every((pid) => !before.includes(pid)),
      'all instances are replaced',
    );
    await send(5);
    await settles(`${url}/metrics`, { [key]: 17 });
    for (const samples of await pages()) t.is(samples[key], 17);
    // Every instance has been asked for its default metrics.
    const [samples] = await pages();
    t.is(samples?.process_max_fds, INSTANCES * openFilesLimit());
  });
}
