// The command lines of the manifests, as they are, in namespaces like those of containers.

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { root } from '../../docs/program.js';
import { eventually } from '../../helpers/application.js';
import { expectedBackends } from '../../helpers/backends.js';
import { samplesByKey } from '../../helpers/page-samples.js';
import { type ContainerOptions, Pod } from '../../helpers/pod.js';
import { type Teardown, temporaryDirectory } from '../../helpers/temporary-directory.js';
import { manifest } from '../../package/consumer.js';
import {
  compose,
  dockerfile,
  execStart,
  folder,
  imageEnvironment,
  METRICS_DIR,
  TOKEN_FILE,
} from './manifests.js';

const WORKERS = 3;
const REQUESTS = 9;
const TOKEN = 'the-token-of-the-test';
const ANSWERED =
  'http_server_request_duration_seconds_count{method="GET",route="/hello",status="200"}';

/** A directory with what the image has in /app. */
function stageImage(t: Teardown): string {
  const app = temporaryDirectory(t);
  cpSync(path.join(folder, 'app'), app, { recursive: true });
  const modules = path.join(app, 'node_modules');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  symlinkSync(root, path.join(modules, manifest.name));
  for (const [name, file] of Object.entries(manifest.bin ?? {})) {
    symlinkSync(path.join('..', manifest.name, file), path.join(modules, '.bin', name));
  }
  return app;
}

/** Where the image has /app, and the environment that it sets. */
function imageOptions(app: string, backend: string, more: Record<string, string> = {}) {
  const { PATH = '', ...env } = imageEnvironment();
  // This Node.js, not another one that the system has.
  const system = `${path.dirname(process.execPath)}:${process.env.PATH}`;
  return {
    cwd: app,
    env: {
      ...env,
      PATH: PATH.replace('/app/', `${app}/`).replace('$PATH', system),
      PROMETHEUS_MULTIPROC_BACKEND: backend,
      WORKERS: `${WORKERS}`,
      ...more,
    },
  };
}

async function get(pod: Pod, url: string, options: ContainerOptions, times = 1): Promise<string> {
  const program = `
    for (let i = 0; i < ${times}; i++) {
      const answer = await fetch('${url}', {
        headers: { connection: 'close', authorization: 'Bearer ${TOKEN}' },
      });
      if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()));
      process.stdout.write(await answer.text());
    }`;
  return pod.output(['node', '--input-type=module', '--eval', program], options);
}

async function showsRequests(pod: Pod, options: ContainerOptions, count: number): Promise<void> {
  await eventually(async () => {
    const page = await get(pod, 'http://127.0.0.1:9464/metrics', options);
    const value = samplesByKey(page)[ANSWERED];
    return value === count ? undefined : `it shows ${value} requests and not ${count}`;
  });
}

const ALL_LISTEN = new RegExp(`(?:worker \\d+ listens[^]*?){${WORKERS}}`);

for (const backend of expectedBackends()) {
  test.serial(
    `the image's and Compose's commands serve what was counted, also by containers that were killed, on ${backend}`,
    async (t) => {
      t.timeout(90_000);
      const pod = await Pod.start(t, METRICS_DIR);
      const options = imageOptions(stageImage(t), backend);
      const command = JSON.parse(dockerfile('CMD')[0] as string) as string[];
      const { app, metrics } = compose().services;

      const first = pod.run(command, options);
      await first.prints(ALL_LISTEN);
      const tokenFile = path.join(temporaryDirectory(t), 'token');
      writeFileSync(tokenFile, TOKEN);
      const serve = (metrics.command ?? []).map((word) => word.replace(TOKEN_FILE, tokenFile));
      const sidecar = pod.run(serve, options);
      await sidecar.prints(/listening on \S+/);
      const greetings = await get(pod, 'http://127.0.0.1:3000/hello', options, REQUESTS);
      t.is(new Set(greetings.trim().split('\n')).size, WORKERS, 'all workers answer');
      await showsRequests(pod, options, REQUESTS);
      const [kind, ...healthcheck] = app.healthcheck?.test ?? [];
      t.is(kind, 'CMD');
      await pod.output(healthcheck, options);

      first.signal('SIGKILL');
      await first.end();
      await showsRequests(pod, options, REQUESTS);
      await t.throwsAsync(pod.output(healthcheck, options));
      const second = pod.run(command, options);
      await second.prints(ALL_LISTEN);
      await get(pod, 'http://127.0.0.1:3000/hello', options, REQUESTS);
      await showsRequests(pod, options, 2 * REQUESTS);

      second.signal('SIGTERM');
      t.is(await second.end(), 0, second.output);
      await showsRequests(pod, options, 2 * REQUESTS);
      sidecar.signal('SIGTERM');
      t.is(await sidecar.end(), 0, sidecar.output);
    },
  );
}

test.serial("the units' commands serve what was counted", async (t) => {
  const app = stageImage(t);
  // What systemd makes of %t, and where the units have the application.
  const command = (unit: string) =>
    execStart(unit).map((word) =>
      word.replace('%t', '/run').replace('/opt/shop', app).replace('/usr/bin/node', 'node'),
    );
  const pod = await Pod.start(t, '/run/shop');
  const options = imageOptions(app, 'mmap', { PROMETHEUS_MULTIPROC_DIR: '/run/shop' });
  const application = pod.run(command('shop.service'), options);
  await application.prints(ALL_LISTEN);
  const sidecar = pod.run(command('shop-metrics.service'), options);
  await sidecar.prints(/listening on \S+/);
  await get(pod, 'http://127.0.0.1:3000/hello', options, REQUESTS);
  await showsRequests(pod, options, REQUESTS);
  for (const unit of [application, sidecar]) {
    unit.signal('SIGTERM');
    t.is(await unit.end(), 0, unit.output);
  }
});
