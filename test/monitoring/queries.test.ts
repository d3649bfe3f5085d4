// A real Prometheus, configured as in monitoring/, scrapes an application that has all that
// the dashboards show, and is asked every query of every panel.

import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { root } from '../docs/program.js';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { ask } from '../helpers/http.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { type PrometheusServer, startConfigured } from '../oracles/prometheus-server.js';
import { dashboards } from './dashboards.js';

const TOKEN = 'the-token-of-the-test';
const PAUSE_MS = 100;

/** What Grafana puts in the place of variables when all is chosen. */
const CHOSEN: Readonly<Record<string, string>> = {
  job: '.*',
  instance: '.*',
  route: '.*',
  method: '.*',
  __rate_interval: '1m',
};

interface Question {
  /** Who asks. */
  readonly by: string;
  readonly expr: string;
}

/** The service, with a function that sends it one request of each kind. */
async function startService(t: Teardown): Promise<{ port: number; send(): Promise<void> }> {
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

/** The configuration of monitoring/, with the test's target, token and haste. */
function configure(t: Teardown, port: number): string {
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
  return file;
}

function withChosen(expr: string): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = CHOSEN[name];
    if (value === undefined) throw new Error(`$${name} in ${expr}`);
    return value;
  });
}

function panelQuestions(): Question[] {
  return [...dashboards()].flatMap(([name, { panels }]) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ by: `${name}: ${title}`, expr: withChosen(expr) })),
    ),
  );
}

function variableQuestions(): Question[] {
  return [...dashboards()].flatMap(([name, { templating }]) =>
    templating.list.slice(1).map(({ name: variable, query }) => {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      if (selector === undefined) throw new Error(`${name}: not label_values: ${query}`);
      const expr = `count by (${label}) (${withChosen(selector)})`;
      return { by: `${name}: $${variable}`, expr };
    }),
  );
}

function recordedQuestions(): Question[] {
  const folder = path.join(root, 'monitoring/rules');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
  return files.flatMap((file) => {
    const { groups } = parse(readFileSync(path.join(folder, file), 'utf8')) as {
      groups: { rules: { record?: string }[] }[];
    };
    return groups
      .flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []))
      .map((record) => ({ by: file, expr: record }));
  });
}

async function hasData(prometheus: PrometheusServer, { expr }: Question): Promise<boolean> {
  const samples = await prometheus.query(expr);
  return samples.some(({ value }) => Number.isFinite(value));
}

/** Waits until all have an answer. */
async function expectData(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  questions: readonly Question[],
): Promise<void> {
  t.true(questions.length > 0);
  let open = questions;
  await eventually(async () => {
    const answered = await Promise.all(open.map((question) => hasData(prometheus, question)));
    open = open.filter((_, at) => !answered[at]);
    if (open.length === 0) return undefined;
    return open.map(({ by, expr }) => `${by} has no data: ${expr}`).join('\n');
  });
}

test('every query of every panel, every variable and every recording rule gives data', async (t) => {
  t.timeout(120_000);
  const { port, send } = await startService(t);
  const prometheus = await startConfigured(t, configure(t, port));
  const stop = new AbortController();
  const traffic = (async () => {
    while (!stop.signal.aborted) {
      await send();
      await delay(PAUSE_MS);
    }
  })();
  try {
    const questions = [...panelQuestions(), ...variableQuestions(), ...recordedQuestions()];
    await expectData(t, prometheus, questions);
    t.log(`${questions.length} queries`);
    t.false(await hasData(prometheus, { by: 'this test', expr: 'http_requests_misspelt_total' }));
    t.deepEqual(
      (await prometheus.query('sum by (worker) (nodejs_heap_size_used_bytes)')).map(
        ({ metric }) => metric.worker,
      ),
      ['0', '1'],
    );
  } finally {
    stop.abort();
    await traffic;
  }
});
