// Packages that build on client packages, as their READMEs say, in clusters of three
// workers. The applications are those of test/wrappers/applications.

import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import {
  applicationFile,
  openFilesLimit,
  RunningApplication,
  type Samples,
  WORKERS,
} from './application.js';

interface Wrapper {
  readonly title: string;
  readonly file: string;
  /** Options of Node.js that the application needs. */
  readonly nodeArgs?: readonly string[];
  /** Samples that are the number of requests. */
  readonly counts: readonly string[];
  /** Samples that are the number of workers that live. */
  readonly live?: readonly string[];
  /** Worker threads count too. */
  readonly hasThreads?: boolean;
}

const WRAPPERS: readonly Wrapper[] = [
  {
    title: 'express-prom-bundle 8',
    file: 'express.cjs',
    counts: [
      'http_request_duration_seconds_count{method="GET",path="/users/#val",status_code="200"}',
      'http_request_duration_seconds_bucket{le="+Inf",method="GET",path="/users/#val",status_code="200"}',
    ],
    live: ['up'],
  },
  {
    title: 'express-prom-bundle 8 with summaries',
    file: 'express-summary.cjs',
    counts: ['http_request_duration_seconds_count{status_code="200"}'],
    live: ['up'],
  },
  {
    title: 'fastify-metrics 14, with the client package it finds',
    file: 'fastify.mjs',
    counts: [
      'http_request_duration_seconds_count{method="GET",route="/users/:id",status_code="200"}',
      'http_request_summary_seconds_count{method="GET",route="/users/:id",status_code="200"}',
    ],
  },
  {
    title: 'fastify-metrics 14, with @prometheus-io/client',
    file: 'fastify-client.mjs',
    counts: [
      'http_request_duration_seconds_count{method="GET",route="/users/:id",status_code="200"}',
      'http_request_summary_seconds_count{method="GET",route="/users/:id",status_code="200"}',
    ],
  },
  {
    title: '@willsoto/nestjs-prometheus 6',
    file: 'nest.ts',
    nodeArgs: ['--import', 'tsx'],
    counts: ['users_shown_total'],
  },
  {
    title: 'Koa with prom-client',
    file: 'koa.mjs',
    counts: [
      'http_requests_total{method="GET",status="200"}',
      'http_request_duration_seconds_count{method="GET"}',
    ],
  },
  {
    title: 'piscina, whose threads count too',
    file: 'piscina.mjs',
    counts: ['http_requests_total', 'tasks_total'],
    hasThreads: true,
  },
];

const TSX = { TSX_TSCONFIG_PATH: applicationFile('tsconfig.json') };
/** Else threads that have nothing to do block, and the `file` backend writes no file. */
const PISCINA = { PISCINA_DISABLE_ATOMICS: '1' };

function start(
  t: ExecutionContext,
  backend: string,
  { file, nodeArgs = [] }: Wrapper,
): Promise<RunningApplication> {
  const args = [applicationFile('three.cjs'), applicationFile(file)];
  const env = backend === 'file' ? { ...TSX, ...PISCINA } : TSX;
  return RunningApplication.start(t, args, { backend, env, nodeArgs });
}

/** Waits for the files of threads: nobody is told of the end of their turn. */
function threadsWrite(application: RunningApplication, key: string, count: number): Promise<void> {
  return eventually(async () => {
    const [samples] = await application.pages();
    const shown = samples?.[key];
    return shown === count ? undefined : `${key} is ${shown} and not ${count}`;
  });
}

function picked(samples: Samples, keys: readonly string[]): (number | undefined)[] {
  return keys.map((key) => samples[key]);
}

for (const backend of expectedBackends()) {
  for (const wrapper of WRAPPERS) {
    const { counts, live = [], hasThreads = false } = wrapper;
    test.serial(
      `${backend}: each of three workers shows all requests: ${wrapper.title}`,
      async (t) => {
        t.timeout(60_000);
        const application = await start(t, backend, wrapper);
        const expectOnEach = async (requests: number) => {
          if (hasThreads && backend === 'file') {
            for (const key of counts) await threadsWrite(application, key, requests);
          }
          for (const samples of await application.pages()) {
            t.deepEqual(
              picked(samples, counts),
              counts.map(() => requests),
            );
            t.deepEqual(
              picked(samples, live),
              live.map(() => WORKERS),
            );
          }
        };
        await application.send('/users/12345', 20);
        await expectOnEach(20);
        await application.killOne();
        await expectOnEach(20);
        await application.send('/users/54321', 11);
        await expectOnEach(31);

        // By now every worker has been asked for its default metrics.
        for (const samples of await application.pages()) expectDefaultMetrics(t, samples);
        t.is(application.output, '');
      },
    );
  }
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: a primary shows all requests: clusterMetrics() of express-prom-bundle 8`,
    async (t) => {
      t.timeout(60_000);
      const args = [applicationFile('express-cluster.cjs')];
      const application = await RunningApplication.start(t, args, { backend });
      const count = 'http_request_duration_seconds_count{method="GET",status_code="200"}';
      await application.send('/users/12345', 20);
      t.is((await application.primaryPage())[count], 20);
      await application.killOne();
      t.is((await application.primaryPage())[count], 20);
      await application.send('/users/54321', 11);
      const page = await application.primaryPage();
      t.is(page[count], 31);
      t.is(page.up, WORKERS);
      t.is(application.output, '');
    },
  );
}

/** What is a process's, once a process. */
function expectDefaultMetrics(t: ExecutionContext, samples: Samples): void {
  t.is(samples.process_max_fds, WORKERS * openFilesLimit());
  const versions = Object.entries(samples).filter(([key]) => key.startsWith('nodejs_version_info'));
  t.deepEqual(
    versions.map(([, value]) => value),
    [1],
  );
}
