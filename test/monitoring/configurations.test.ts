// The configurations of monitoring/, as promtool and amtool read them.

import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { root } from '../docs/program.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const folder = path.join(root, 'monitoring');
const alertmanager = path.join(folder, 'alertmanager.yml');

interface PrometheusConfiguration {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly authorization: { readonly credentials_file: string };
  }[];
}

test('promtool finds no fault with prometheus.yml, and finds every file of rules', (t) => {
  const dir = temporaryDirectory(t);
  cpSync(folder, dir, { recursive: true });
  writeFileSync(path.join(dir, 'token'), 'the-token-of-the-test');
  const file = path.join(dir, 'prometheus.yml');
  const output = execFileSync('promtool', ['check', 'config', file]).toString();
  t.regex(output, /SUCCESS: 5 rule files found/);
});

test('promtool misses the token that prometheus.yml names where there is none', (t) => {
  const { scrape_configs } = parse(
    readFileSync(path.join(folder, 'prometheus.yml'), 'utf8'),
  ) as PrometheusConfiguration;
  t.deepEqual(
    scrape_configs.map(({ authorization }) => authorization),
    [{ credentials_file: 'token' }],
  );
  const dir = temporaryDirectory(t);
  cpSync(folder, dir, { recursive: true });
  const error = t.throws(() =>
    execFileSync('promtool', ['check', 'config', path.join(dir, 'prometheus.yml')], {
      stdio: 'pipe',
    }),
  ) as Error;
  t.regex(error.message, /token/);
});

test('amtool finds no fault with alertmanager.yml', (t) => {
  const output = execFileSync('amtool', ['check-config', alertmanager]).toString();
  t.regex(output, /SUCCESS/);
  t.regex(output, /2 inhibit rules\n - 2 receivers/);
});

for (const [severity, receiver] of [
  ['page', 'pager'],
  ['ticket', 'tickets'],
] as const) {
  test(`an alert of severity ${severity} goes to the receiver ${receiver}`, (t) => {
    const args = ['config', 'routes', 'test', `--config.file=${alertmanager}`];
    const labels = [`severity=${severity}`, 'job=shop', 'alertname=HttpErrorRateHigh'];
    const output = execFileSync('amtool', [...args, ...labels], { stdio: 'pipe' });
    t.is(output.toString().trim(), receiver);
  });
}
