// What of a client package stays its own under the preload, in one process.

import test from 'ava';
import { samplesByKey } from '../helpers/page-samples.js';
import { CLIENTS, Project } from './project.js';

for (const name of CLIENTS) {
  test(`${name}: aggregate() computes from what it is given, and writes nothing`, async (t) => {
    const project = new Project(t);
    const code = `const client = require('${name}');
      const metric = (value) => ({ name: 'g', help: 'h', type: 'counter', aggregator: 'sum', values: [{ value, labels: {} }] });
      const registry = client.AggregatorRegistry.aggregate([[metric(3)], [metric(5)]]);
      (async () => console.log(JSON.stringify({
        page: await registry.metrics(),
        json: await registry.getMetricsAsJSON(),
        global: (await client.register.metrics()).trim(),
        isRegistry: registry instanceof client.Registry,
      })))();`;
    t.deepEqual(await project.run('app.cjs', code), {
      page: '# HELP g h\n# TYPE g counter\ng 8\n',
      json: [
        {
          name: 'g',
          help: 'h',
          type: 'counter',
          aggregator: 'sum',
          values: [{ value: 8, labels: {} }],
        },
      ],
      global: '',
      isRegistry: true,
    });
    t.deepEqual(await project.page(), {});
  });

  test(`${name}: classes are the package's, for instanceof, names and subclasses`, async (t) => {
    const code = `const client = require('${name}');
      const { Metric } = require('${name}/lib/metric');
      class Mine extends client.Counter {
        constructor() { super({ name: 'mine_total', help: 'h', labelNames: ['a'] }); }
        count() { this.inc({ a: 'x' }); return this; }
      }
      const mine = new Mine().count();
      const aggregator = new client.AggregatorRegistry();
      (async () => console.log(JSON.stringify({
        names: ['Counter', 'Gauge', 'Histogram', 'Summary'].map((name) => client[name].name),
        is: [mine instanceof Mine, mine instanceof client.Counter, mine instanceof Metric,
          client.register instanceof client.Registry, aggregator instanceof client.Registry],
        registered: client.register.getSingleMetric('mine_total') === mine,
        page: await client.register.metrics(),
        type: mine.type,
      })))();`;
    t.deepEqual(await new Project(t).run('app.cjs', code), {
      names: ['Counter', 'Gauge', 'Histogram', 'Summary'],
      is: [true, true, true, true, true],
      registered: true,
      page: '# HELP mine_total h\n# TYPE mine_total counter\nmine_total{a="x"} 1\n',
      type: 'counter',
    });
  });

  test(`${name}: the registry that setRegistries() names is what clusterMetrics() shows`, async (t) => {
    const code = `const client = require('${name}');
      const apart = new client.Registry();
      new client.Counter({ name: 'apart_total', help: 'h', registers: [apart] }).inc(3);
      new client.Counter({ name: 'global_total', help: 'h' }).inc(4);
      client.AggregatorRegistry.setRegistries(apart);
      const refused = (() => { try { client.AggregatorRegistry.setRegistries({}); } catch (e) { return String(e); } })();
      new client.AggregatorRegistry().clusterMetrics().then((page) =>
        console.log(JSON.stringify({ page, refused })));`;
    t.deepEqual(await new Project(t).run('app.cjs', code), {
      page: '# HELP apart_total h\n# TYPE apart_total counter\napart_total 3\n',
      refused: 'TypeError: Expected Registry, got object',
    });
  });

  test(`${name}: an aggregator of the application's own adds up, with a warning`, async (t) => {
    const project = new Project(t);
    const code = `const client = require('${name}');
      client.aggregators.newest = client.aggregators.first;
      const gauge = new client.Gauge({ name: 'g', help: 'h', aggregator: 'newest' });
      gauge.set(5);
      client.register.getMetricsAsJSON().then((json) => console.log(JSON.stringify(json)));`;
    const { stdout, stderr } = await project.output('app.cjs', code);
    t.is(JSON.parse(stdout)[0].aggregator, 'newest');
    t.regex(stderr, /g has the aggregator "newest": a page adds up what processes have/);
  });

  test(`${name}: default metrics are on the page of all processes`, async (t) => {
    const project = new Project(t);
    const code = `const client = require('${name}');
      client.collectDefaultMetrics();
      client.register.metrics().then((page) => console.log(JSON.stringify(page)));`;
    const alone = samplesByKey((await project.run('app.cjs', code)) as string);
    const both = samplesByKey((await project.run('app.cjs', code)) as string);
    const key = 'process_cpu_seconds_total';
    t.true((both[key] as number) > (alone[key] as number));
    t.true((both.process_resident_memory_bytes as number) > 0);
  });
}
