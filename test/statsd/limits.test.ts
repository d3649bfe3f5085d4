// The bounds that hold for all metrics of a listener together, at their real size.

import test from 'ava';
import { collect } from '../../src/index.js';
import { threadState } from '../../src/state.js';
import { Intake } from '../../src/statsd/intake.js';
import { MAX_LABEL_CHARS, MAX_SERIES } from '../../src/statsd/limits.js';
import { NO_MAPPING } from '../../src/statsd/mapping.js';
import { samplesByKey } from '../helpers/page-samples.js';

async function shown(name: string): Promise<Record<string, number>> {
  return samplesByKey(await collect({ names: [name], selfMetrics: false }));
}

test.serial(
  'series beyond those of all metrics together count as one of each metric',
  async (t) => {
    const intake = new Intake(threadState(), NO_MAPPING);
    const perMetric = MAX_SERIES / 4;
    for (let i = 0; i < MAX_SERIES; i++) {
      intake.take(`full${Math.floor(i / perMetric)}:1|c|#user:${i}`);
    }
    for (const user of ['x', 'y', 'x']) intake.take(`late:1|c|#user:${user}`);
    intake.take('late:1|c');
    intake.take('full0:1|c|#user:0');
    t.deepEqual(await shown('late'), { late: 1, 'late{user="__overflow__"}': 3 });
    const first = await shown('full0');
    t.is(Object.keys(first).length, perMetric);
    t.is(first['full0{user="0"}'], 2);
  },
);

test.serial('so do those whose label values are too long together', async (t) => {
  const intake = new Intake(threadState(), NO_MAPPING);
  const value = 'x'.repeat(8000);
  const count = Math.floor(MAX_LABEL_CHARS / value.length);
  for (let i = 0; i < count + 10; i++) intake.take(`long:1|c|#user:${value}${i}`);
  const samples = await shown('long');
  const rest = samples['long{user="__overflow__"}'] as number;
  t.true(rest >= 10 && rest < 100, `${rest}`);
  t.is(Object.keys(samples).length, count + 10 - rest + 1);
});
