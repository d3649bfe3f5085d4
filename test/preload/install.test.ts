// The explicit form: `install(client)`.

import test from 'ava';
import { install } from '../../src/integrations/prom-client/index.js';
import { CLIENTS, Project } from './project.js';

const PLAIN = { nodeArgs: [] };

for (const name of CLIENTS) {
  test(`${name}: what was installed writes to the directory, metrics made before too`, async (t) => {
    const project = new Project(t);
    const code = `import client from '${name}';
      import { install } from 'prom-multiproc/prom-client';
      const early = new client.Counter({ name: 'early_total', help: 'h', labelNames: ['a'] });
      early.inc({ a: 1 }, 3);
      const before = client.Counter;
      install(client);
      const after = client.Counter;
      install(client);
      new client.Histogram({ name: 'took', help: 'h', buckets: [1] }).observe(0.5);
      new client.Counter({ name: 'late_total', help: 'h' }).inc(4);
      early.inc({ a: 1 }, 1);
      const page = await client.register.metrics();
      console.log(JSON.stringify({
        page: page.split('\\n').filter((line) => /^\\w.* /.test(line)),
        once: after === client.Counter && after !== before,
        is: new after({ name: 'x', help: 'h', registers: [] }) instanceof before,
      }));`;
    t.deepEqual(await project.run('app.mjs', code, PLAIN), {
      page: [
        'early_total{a="1"} 4',
        'took_bucket{le="1"} 1',
        'took_bucket{le="+Inf"} 1',
        'took_sum 0.5',
        'took_count 1',
        'late_total 4',
      ],
      once: true,
      is: true,
    });
    t.deepEqual(await project.page(), {
      'early_total{a="1"}': 4,
      'took_bucket{le="1"}': 1,
      'took_bucket{le="+Inf"}': 1,
      took_sum: 0.5,
      took_count: 1,
      late_total: 4,
    });
  });

  test(`${name}: install() changes nothing where no directory is set, or after the preload`, async (t) => {
    const code = `const client = require('${name}');
      const { install } = require('prom-multiproc/prom-client');
      const { Counter } = client;
      install(client);
      console.log(JSON.stringify(Counter === client.Counter));`;
    const project = new Project(t);
    t.true(await project.run('app.cjs', code));
    t.true(await project.run('app.cjs', code, { ...PLAIN, env: { PROMETHEUS_MULTIPROC_DIR: '' } }));
  });
}

test('preload() serves an application that calls it itself', async (t) => {
  const project = new Project(t);
  const code = `require('prom-multiproc/prom-client').preload();
    require('prom-multiproc/prom-client').preload();
    new (require('prom-client').Counter)({ name: 'm_total', help: 'h' }).inc(2);`;
  t.is((await project.output('app.cjs', code, PLAIN)).stderr, '');
  t.deepEqual(await project.page(), { m_total: 2 });
});

test('install() refuses what cannot be changed, and says what to pass', async (t) => {
  const namespace = await import('prom-client');
  t.throws(() => install(namespace), {
    instanceOf: TypeError,
    message: /given a module namespace.*pass the default export/,
  });
  t.throws(() => install({}), { instanceOf: TypeError, message: /no Registry and no Counter/ });
});
