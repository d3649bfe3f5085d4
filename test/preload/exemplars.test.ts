// Exemplars of unchanged applications: kept, shown by the package's own page, and by the
// merged one after the process is gone.

import test from 'ava';
import { CLIENTS, Project } from './project.js';

const PAGE = [
  'c_total{l="x"} # {trace_id="a",n="5"} 3',
  'h_bucket{le="2"} # {trace_id="b"} 1.5',
  'h_bucket{le="+Inf"} # {trace_id="c"} 7',
];

/** Names, labels and exemplars of the lines that have one, without times. */
const LINES = `(page) => page.split('\\n').filter((line) => line.includes(' # {'))
  .map((line) => line.replace(/ \\d+ # (.*) [0-9.]+$/, ' # $1').replace('le="2.0"', 'le="2"'))`;

for (const name of CLIENTS) {
  test(`${name}: exemplars survive the process that gave them`, async (t) => {
    const project = new Project(t);
    const writer = `const { Counter, Histogram, Registry, register } = require('${name}');
      register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
      const config = { help: 'h', enableExemplars: true };
      const c = new Counter({ name: 'c', labelNames: ['l'], ...config });
      const h = new Histogram({ name: 'h', buckets: [1, 2], ...config });
      c.inc({ labels: { l: 'x' }, value: 3, exemplarLabels: { trace_id: 'a', n: 5 } });
      c.inc({ labels: { l: 'y' } });
      h.observe({ value: 1.5, exemplarLabels: { trace_id: 'b' } });
      h.observe({ value: 7, exemplarLabels: { trace_id: 'c' } });
      h.observe({ value: 1.6 });
      Promise.resolve(register.metrics()).then((page) => {
        console.log(JSON.stringify((${LINES})(page)));
      });`;
    t.deepEqual(await project.run('writer.cjs', writer), PAGE);
    const reader = `const { Registry, register } = require('${name}');
      register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
      Promise.all([register.metrics(), register.getMetricsAsJSON()]).then(([page, json]) => {
        const given = json.flatMap(({ values }) => values).map(({ exemplar }) => exemplar);
        const labelSets = given.flatMap((exemplar) => exemplar ? [exemplar.labelSet] : []);
        console.log(JSON.stringify([(${LINES})(page), labelSets]));
      });`;
    t.deepEqual(await project.run('reader.cjs', reader), [
      PAGE,
      [{ trace_id: 'a', n: '5' }, { trace_id: 'b' }, { trace_id: 'c' }],
    ]);
  });
}
