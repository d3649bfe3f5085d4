// A real Prometheus, configured as in monitoring/, scrapes an application that has all that
// the dashboards show, and is asked every query of every panel.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { root } from '../docs/program.js';
import { eventually } from '../helpers/application.js';
import { type PrometheusServer, startConfigured } from '../oracles/prometheus-server.js';
import { dashboards } from './dashboards.js';
import { configure, startService } from './service.js';

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
  const prometheus = await startConfigured(t, path.join(configure(t, port), 'prometheus.yml'));
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
