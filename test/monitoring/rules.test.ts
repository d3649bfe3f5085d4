// The rules of monitoring/, as promtool reads and runs them.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { root } from '../docs/program.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const folder = path.join(root, 'monitoring/rules');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));

function rulesOf(file: string): Rule[] {
  const { groups } = parse(readFileSync(path.join(folder, file), 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules);
}

function testOf(file: string): TestFile {
  return parse(readFileSync(path.join(folder, 'tests', file), 'utf8')) as TestFile;
}

test('there are rules, and a file of tests for each file of them', (t) => {
  t.true(files.length > 0);
  t.deepEqual(readdirSync(path.join(folder, 'tests')), files);
  for (const file of files) t.is(testOf(file).rule_files[0], `../${file}`);
});

test('promtool finds no fault with the rules', (t) => {
  const paths = files.map((file) => path.join(folder, file));
  const args = ['check', 'rules', '--lint=all', '--lint-fatal', ...paths];
  const output = execFileSync('promtool', args).toString();
  t.is(output.match(/SUCCESS: \d+ rules found/g)?.length, files.length);
});

for (const file of files) {
  test(`the alerts of ${file} fire when they shall, and not when they shall not`, (t) => {
    const args = ['test', 'rules', path.join(folder, 'tests', file)];
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
    t.is(status, 0, stdout + stderr);
    t.regex(stdout, /SUCCESS/);
  });

  test(`each alert of ${file} is seen firing and not firing, and says what, how bad and why`, (t) => {
    const seen = testOf(file).tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    for (const { alert, labels, annotations } of rulesOf(file)) {
      if (alert === undefined) continue;
      const mine = seen.filter(({ alertname }) => alertname === alert);
      t.true(
        mine.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert} fires`,
      );
      t.true(
        mine.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${alert} does not fire`,
      );
      t.regex(labels?.severity ?? '', /^(?:page|ticket)$/, alert);
      t.deepEqual(Object.keys(annotations ?? {}), ['summary', 'description'], alert);
    }
  });
}

test('promtool runs the tests: an alert with another threshold fails them', (t) => {
  const dir = temporaryDirectory(t);
  cpSync(folder, dir, { recursive: true });
  const file = path.join(dir, 'runtime.yml');
  const changed = readFileSync(file, 'utf8').replace('seconds:max > 0.2', 'seconds:max > 0.4');
  writeFileSync(file, changed);
  const args = ['test', 'rules', path.join(dir, 'tests/runtime.yml')];
  const { status, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  t.is(status, 1);
  t.regex(stderr, /alertname: EventLoopLagHigh, time: 10m/);
});

test('what a rule reads of another rule is recorded', (t) => {
  const rules = files.flatMap(rulesOf);
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const read = rules.flatMap(({ expr }) => expr.match(/\b[a-z_]+:[a-z_]+:\w+/g) ?? []);
  t.true(read.length > 0);
  t.deepEqual(
    read.filter((name) => !recorded.has(name)),
    [],
  );
});

test('the README says of every alert, and of no other, when it fires and what to look at', (t) => {
  const readme = readFileSync(path.join(root, 'monitoring/README.md'), 'utf8');
  const described = [...readme.matchAll(/^\| `([A-Z]\w+)` \| [^|]+ \| [^|]+ \|$/gm)];
  const alerts = files.flatMap(rulesOf).flatMap(({ alert }) => alert ?? []);
  t.deepEqual(described.map(([, name]) => name).sort(), alerts.sort());
});
