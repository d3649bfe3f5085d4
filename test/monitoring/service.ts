// What the tests of monitoring/ monitor, and with what.

import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { root } from '../docs/program.js';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { ask } from '../helpers/http.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const TOKEN = 'the-token-of-the-test';

export interface Service {
  readonly port: number;
  /** Sends it requests of each kind. */
  send(): Promise<void>;
  kill(): Promise<unknown>;
}

/** Starts an application that has all that is monitored; it ends with the test. */
export async function startService(t: Teardown): Promise<Service> {
  const service = startChild(t, 'monitored-service', {
    env: {
      PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
      PROMETHEUS_MULTIPROC_BACKEND: expectedBackends()[0] as string,
      PROMETHEUS_MULTIPROC_SAMPLE_MS: '500',
      PROMETHEUS_MULTIPROC_TOKEN: TOKEN,
    },
  });
  const port = Number(await service.request({ do: 'start' }));
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  return {
    port,
    kill: () => service.kill(),
    async send() {
      for (const path of ['/hello/anna', '/hello/anna', '/fail', '/relay', '/nowhere']) {
        await ask(url(path));
      }
      await ask(url('/orders'), { method: 'POST' });
      await abort(url('/hang'));
    },
  };
}

/** Asks, and goes away when the answer has begun. */
async function abort(url: string): Promise<void> {
  const sent = request(url, { agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  const cutOff = once(response, 'error');
  sent.destroy();
  await cutOff;
}

/** A copy of monitoring/, with the test's target, token and haste. */
export function configure(t: Teardown, port: number): string {
  const dir = temporaryDirectory(t);
  cpSync(path.join(root, 'monitoring'), dir, { recursive: true });
  writeFileSync(
    path.join(dir, 'targets/shop.yml'),
    JSON.stringify([{ targets: [`127.0.0.1:${port}`] }]),
  );
  writeFileSync(path.join(dir, 'token'), TOKEN);
  const file = path.join(dir, 'prometheus.yml');
  const text = readFileSync(file, 'utf8');
  const hasty = text.replaceAll(/^( +\w+_interval): 15s$/gm, '$1: 1s');
  if (hasty.match(/_interval: 1s$/gm)?.length !== 2) throw new Error('not the intervals expected');
  writeFileSync(file, hasty);
  return dir;
}
