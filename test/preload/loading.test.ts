// Which copies of client packages the preload reaches, and how they may be loaded.

import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { CLIENTS, dist, IMPORTED, Project } from './project.js';

const REQUIRED = ['--require', 'prom-multiproc/register'];

const count = (client: string, name: string) =>
  `new ${client}.Counter({ name: '${name}', help: 'h' }).inc(2);`;

for (const name of CLIENTS) {
  const programs: Record<string, string> = {
    'required.cjs': `const client = require('${name}'); ${count('client', 'm_total')}`,
    'imported.mjs': `import client from '${name}'; ${count('client', 'm_total')}`,
    'names.mjs': `import { Counter } from '${name}'; ${count('({ Counter })', 'm_total')}`,
    'namespace.mjs': `import * as client from '${name}'; ${count('client', 'm_total')}`,
    'dynamic.cjs': `import('${name}').then((client) => { ${count('client', 'm_total')} });`,
    'created.mjs': `import { createRequire } from 'node:module';
      const client = createRequire(import.meta.url)('${name}'); ${count('client', 'm_total')}`,
    'inner.cjs': `const Counter = require('${name}/lib/counter'); ${count('({ Counter })', 'm_total')}`,
    'inner.mjs': `import Counter from '${name}/lib/counter.js'; ${count('({ Counter })', 'm_total')}`,
  };
  for (const [file, code] of Object.entries(programs)) {
    for (const nodeArgs of [IMPORTED, REQUIRED]) {
      test(`${name}, ${file} with ${nodeArgs[0]}, writes to the directory`, async (t) => {
        const project = new Project(t);
        await project.output(file, code, { nodeArgs });
        t.deepEqual(await project.page(), { m_total: 2 });
      });
    }
  }

  for (const [file, way] of [
    ['app.ts', 'import'],
    ['app.mts', 'import'],
    ['app.ts', 'require'],
  ] as const) {
    test(`${name} in TypeScript, ${file} through tsx by ${way}, writes to the directory`, async (t) => {
      const project = new Project(t);
      const code = `import { Counter, register, type CounterConfiguration } from '${name}';
        const config: CounterConfiguration<'a'> = { name: 'm_total', help: 'h', labelNames: ['a'] };
        const counter: Counter<'a'> = new Counter(config);
        counter.labels('x').inc(2);
        void register.metrics();`;
      const preloaded = way === 'import' ? IMPORTED : REQUIRED;
      await project.output(file, code, { nodeArgs: [...preloaded, '--import', 'tsx'] });
      t.deepEqual(await project.page(), { 'm_total{a="x"}': 2 });
    });
  }

  test(`${name} is as it was where no directory is set`, async (t) => {
    const project = new Project(t);
    const code = `const client = require('${name}');
      ${count('client', 'm_total')}
      const counter = client.register.getSingleMetric('m_total');
      Promise.resolve(client.register.metrics()).then((page) => console.log(JSON.stringify({
        page,
        symbols: Object.getOwnPropertySymbols(counter).length,
        loaded: Object.keys(require.cache).filter((file) => file.startsWith('${dist}')),
      })));`;
    t.deepEqual(
      await project.run('app.cjs', code, {
        nodeArgs: REQUIRED,
        env: { PROMETHEUS_MULTIPROC_DIR: '' },
      }),
      {
        page: '# HELP m_total h\n# TYPE m_total counter\nm_total 2\n',
        symbols: 0,
        loaded: [path.join(dist, 'register.cjs')],
      },
    );
  });
}

test('the lower-case variable will do', async (t) => {
  const project = new Project(t);
  await project.output('app.cjs', `const c = require('prom-client'); ${count('c', 'm_total')}`, {
    env: { PROMETHEUS_MULTIPROC_DIR: '', prometheus_multiproc_dir: project.metricsDir },
  });
  t.deepEqual(await project.page(), { m_total: 2 });
});

test('a copy that is nested in a dependency ends on the same page, whichever copy is asked', async (t) => {
  const project = new Project(t);
  project.copy('prom-client', 'dependency/node_modules/prom-client');
  project.write(
    'node_modules/dependency/index.js',
    `const client = require('prom-client'); exports.client = client; ${count('client', 'inner_total')}`,
  );
  const code = `const client = require('prom-client');
    const { client: inner } = require('dependency');
    const other = require('@prometheus-io/client');
    ${count('client', 'outer_total')}
    ${count('other', 'other_total')}
    (async () => {
      const pages = await Promise.all([client, inner, other].map(({ register }) => register.metrics()));
      const json = await inner.register.getMetricsAsJSON();
      console.log(JSON.stringify({
        copies: inner.Counter !== client.Counter && inner.register !== client.register,
        found: inner.register.getSingleMetric('outer_total') ?? null,
        names: pages.map((page) => page.match(/^\\w+ 2$/gm).sort()),
        json: json.map(({ name, values }) => [name, values]).sort(),
      }));
    })();`;
  const names = ['inner_total 2', 'other_total 2', 'outer_total 2'];
  const values = [{ value: 2, labels: {} }];
  t.deepEqual(await project.run('app.cjs', code), {
    copies: true,
    found: null,
    names: [names, names, names],
    json: [
      ['inner_total', values],
      ['other_total', values],
      ['outer_total', values],
    ],
  });
});

test('two copies may have a metric of one name: their values add up', async (t) => {
  const project = new Project(t);
  const code = `const one = require('prom-client');
    const two = require('@platformatic/prom-client');
    ${count('one', 'm_total')}
    ${count('two', 'm_total')}
    one.register.metrics().then((page) => console.log(JSON.stringify(page)));`;
  const page = '# HELP m_total h\n# TYPE m_total counter\nm_total 4\n';
  t.is(await project.run('app.cjs', code), page);
});

test('a copy behind links, as pnpm lays them out, is reached', async (t) => {
  const project = new Project(t);
  const modules = path.join(project.dir, 'node_modules');
  const store = path.join(modules, '.pnpm/prom-client@15.1.3/node_modules');
  mkdirSync(store, { recursive: true });
  renameSync(path.join(modules, 'prom-client'), path.join(store, 'prom-client'));
  for (const name of ['tdigest', '@opentelemetry']) {
    symlinkSync(path.join(modules, name), path.join(store, name), 'junction');
  }
  symlinkSync(path.join(store, 'prom-client'), path.join(modules, 'prom-client'), 'junction');
  await project.output('app.cjs', `const c = require('prom-client'); ${count('c', 'm_total')}`);
  t.deepEqual(await project.page(), { m_total: 2 });
});

test('a version that is not known is left alone, with a warning', async (t) => {
  const project = new Project(t);
  const manifest = path.join(project.dir, 'node_modules/prom-client/package.json');
  writeFileSync(
    manifest,
    JSON.stringify({ name: 'prom-client', version: '14.2.0', main: 'index.js' }),
  );
  const code = `const client = require('prom-client'); ${count('client', 'm_total')}
    client.register.metrics().then((page) => console.log(page));`;
  const { stdout, stderr } = await project.output('app.cjs', code);
  t.regex(stdout, /^m_total 2$/m);
  t.is(stderr.match(/prom-client 14\.2\.0 in .* is not a version that/g)?.length, 1);
  t.deepEqual(await project.page(), {});
});

test('what was loaded before the preload is changed as far as it can be, with one warning', async (t) => {
  const project = new Project(t);
  const before = project.write(
    'before.cjs',
    `const client = require('prom-client');
    new client.Counter({ name: 'early_total', help: 'h' }).inc(3);
    globalThis.taken = client.Gauge;`,
  );
  const code = `const client = require('prom-client');
    client.register.getSingleMetric('early_total').inc(4);
    new globalThis.taken({ name: 'taken', help: 'h' }).set(5);
    ${count('client', 'late_total')}
    client.register.metrics().then((page) => console.log(JSON.stringify(page.match(/^\\w+ \\d$/gm))));`;
  const { stdout, stderr } = await project.output('app.cjs', code, {
    nodeArgs: ['--require', before, ...REQUIRED],
  });
  t.deepEqual(JSON.parse(stdout), ['early_total 7', 'taken 5', 'late_total 2']);
  t.is(stderr.match(/was loaded before prom-multiproc\/register/g)?.length, 1);
  t.deepEqual(await project.page(), { early_total: 7, late_total: 2 });
});
