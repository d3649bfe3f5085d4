// However many series a family has, laying out its merge keeps nobody waiting for all of them.

import test from 'ava';
import { planInSteps } from '../../src/merge/plan.js';
import type { MetricType } from '../../src/model/metric.js';
import { slotsPerSeries } from '../../src/model/metric.js';
import { sourceOf } from '../helpers/merge-sources.js';

const SERIES = 20_000;
/** Labels, their order and their slots are gone through one after the other. */
const LEAST_STEPS = (3 * SERIES) / 4096;

for (const type of ['counter', 'gauge', 'histogram', 'summary'] as const satisfies MetricType[]) {
  test(`a ${type} of many series is laid out in many steps, and as at one go`, (t) => {
    const metric = { name: 'm', type, labelNames: ['i'], buckets: type === 'histogram' ? [1] : [] };
    const width = slotsPerSeries({ mode: 'livesum', ...metric });
    const source = sourceOf({
      metrics: [
        {
          ...metric,
          series: Array.from({ length: SERIES }, (_, i) => [
            [String((i * 7919) % SERIES)],
            new Array(width).fill(i),
          ]),
        },
      ],
    });
    const steps = planInSteps([source]);
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count++;
    t.true(count >= LEAST_STEPS, `${count} steps`);
    const plan = step.value;
    plan.run();
    const [family] = plan.families;
    t.is(family?.order.length, SERIES);
    const names = Array.from(family?.order ?? [], (i) => family?.labels[i]?.[0]?.[1] ?? '');
    t.deepEqual(names, [...names].sort());
  });
}
