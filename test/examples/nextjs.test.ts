// A real Next.js builds the example as somebody's project that has this package installed.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import test from 'ava';
import { root, startProgram } from '../docs/program.js';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { manifest } from '../package/consumer.js';
import { IMPORTED } from '../preload/project.js';
import { servesFromAnyWorker } from './any-worker.js';
import { Example, get, settles, urlOf, WORKERS } from './example.js';

process.env.NEXT_TELEMETRY_DISABLED = '1';

const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
let project: string | undefined;

test.before('next build', async (t) => {
  t.timeout(120_000);
  // Below the root, where it finds Next.
  mkdirSync(path.join(root, 'build'), { recursive: true });
  project = mkdtempSync(path.join(root, 'build/nextjs-'));
  cpSync(path.join(root, 'examples/nextjs'), project, { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{"private":true,"type":"module"}\n');
  for (const part of ['dist', 'package.json']) {
    const installed = path.join(project, 'node_modules/prom-multiproc', part);
    cpSync(path.join(root, part), installed, { recursive: true });
  }
  const { stdout } = await promisify(execFile)(process.execPath, [next, 'build'], { cwd: project });
  t.regex(stdout, /ƒ \/metrics/);
});

test.after.always('remove the build', () => {
  if (project !== undefined) rmSync(project, { recursive: true });
});

for (const backend of expectedBackends()) {
  test.serial(`examples/nextjs serves all requests from any worker, on ${backend}`, async (t) => {
    t.timeout(60_000);
    await servesFromAnyWorker(t, new Example(t, 'nextjs', project), backend, (requests) => ({
      greetings_total: requests,
      // Not bundled: it has found its native part.
      [`prom_multiproc_info{backend="${backend}",version="${manifest.version}"}`]: 1,
    }));
  });
}

test.serial('with the preload its requests have the routes of Next.js', async (t) => {
  t.timeout(60_000);
  const env = {
    PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
    PROMETHEUS_MULTIPROC_HTTP: '1',
    WORKERS: `${WORKERS}`,
    PORT: '0',
  };
  const program = startProgram(t, [...IMPORTED, 'server.js'], env, project);
  const url = await urlOf(program);
  for (let i = 0; i < 6; i++) await get(new URL(`/hello/${i}`, url));
  const name = 'http_server_request_duration_seconds_count';
  await t.notThrowsAsync(
    settles(new URL('/metrics', url), {
      [`${name}{method="GET",route="/hello/[name]",status="200"}`]: 6,
    }),
  );
});
