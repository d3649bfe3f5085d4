// The exemplars of several processes on one page: of each counter and bucket the newest,
// also when whoever gave it is gone.

import test from 'ava';
import type { Sample } from '../../src/index.js';
import { expectedBackends } from '../helpers/backends.js';
import { openScene, type WriterProcess } from '../helpers/scene.js';
import { nextMillisecond } from '../helpers/wall-clock.js';

const HISTOGRAM = {
  name: 'h_seconds',
  labelNames: ['l'],
  buckets: [1, 2],
  enableExemplars: true,
} as const;

/** Gives a value of the histogram's series `l` an exemplar, later than any before. */
async function observe(writer: WriterProcess, l: string, value: number, trace: string) {
  nextMillisecond();
  const exemplarLabels = { trace_id: trace };
  await writer.call('h_seconds', 'observe', { labels: { l }, value, exemplarLabels });
}

async function makeHistogram(writer: WriterProcess, buckets: number[] = [1, 2]): Promise<void> {
  await writer.make('Histogram', { ...HISTOGRAM, labelNames: ['l'], buckets });
}

/** By labels: trace and value of each exemplar. */
function shown(samples: readonly Sample[]): Record<string, string> {
  return Object.fromEntries(
    samples.flatMap(({ labels, exemplar }) => {
      if (exemplar === undefined) return [];
      const { trace_id: trace } = exemplar.labels;
      return [[`${labels.l} ${labels.le}`, `${trace} ${exemplar.value}`]];
    }),
  );
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: the newest exemplar of three workers is shown, live, killed and archived`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const workers = [start(), start(), start()];
      const [a, b, c] = workers as [WriterProcess, WriterProcess, WriterProcess];
      for (const worker of workers) await makeHistogram(worker);
      const page = async () => shown(await reader.samples('h_seconds'));
      t.deepEqual(await page(), {});
      await observe(a, 'x', 0.5, 'a1');
      await observe(b, 'x', 0.25, 'b1');
      await observe(b, 'y', 1.5, 'b2');
      await observe(c, 'x', 7, 'c1');
      await observe(a, 'x', 8, 'a2');
      const expected = { 'x 1': 'b1 0.25', 'x +Inf': 'a2 8', 'y 2': 'b2 1.5' };
      t.deepEqual(await page(), expected);
      await Promise.all([a.kill(), b.kill()]);
      t.deepEqual(await page(), expected);
      await c.compact();
      t.deepEqual(await page(), expected);
      await observe(c, 'x', 0.75, 'c2');
      t.deepEqual(await page(), { ...expected, 'x 1': 'c2 0.75' });
      await c.kill();
      await reader.compact();
      t.deepEqual(await page(), { ...expected, 'x 1': 'c2 0.75' });
    },
  );

  test.serial(
    `${backend}: the page in OpenMetrics has them, the text format has none`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const worker = start();
      await worker.make('Counter', { name: 'c_total', enableExemplars: true });
      const before = Date.now();
      await worker.call('c_total', 'inc', { value: 2, exemplarLabels: { trace_id: 'x"y' } });
      const options = { names: ['c_total'] };
      const page = await reader.collect({ ...options, format: 'openmetrics' });
      const [, seconds] = /^c_total 2 # \{trace_id="x\\"y"\} 2 ([0-9.]+)$/m.exec(page) ?? [];
      t.true(Number(seconds) * 1000 >= before && Number(seconds) * 1000 <= Date.now(), page);
      t.regex(await reader.collect(options), /^c_total 2$/m);
      // Shorter and longer ones, in a text that is kept.
      for (const trace of ['', 'longer'.repeat(15), 'z']) {
        await worker.call('c_total', 'inc', { value: 0, exemplarLabels: { trace_id: trace } });
        const next = await reader.collect({ ...options, format: 'openmetrics' });
        t.regex(
          next,
          new RegExp(`^c_total 2 # \\{trace_id="${trace}"\\} 1 [0-9.]+\\n# EOF\\n$`, 'm'),
        );
      }
    },
  );

  test.serial(`${backend}: where bounds disagree they go to the shared buckets`, async (t) => {
    const { start, reader } = openScene(t, backend);
    const [a, b] = [start(), start()];
    await makeHistogram(a, [1, 2, 5]);
    await makeHistogram(b, [2, 10]);
    await observe(a, 'x', 1.5, 'a1');
    await observe(a, 'x', 0.5, 'a2');
    await observe(b, 'x', 3, 'b1');
    t.deepEqual(shown(await reader.samples('h_seconds')), { 'x 2': 'a2 0.5', 'x +Inf': 'b1 3' });
  });

  test.serial(
    `${backend}: a reset or a removal takes them off, and another series gets none`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const worker = start();
      await makeHistogram(worker);
      const page = async () => shown(await reader.samples('h_seconds'));
      await observe(worker, 'x', 0.5, 'x1');
      await observe(worker, 'y', 0.5, 'y1');
      t.deepEqual(await page(), { 'x 1': 'x1 0.5', 'y 1': 'y1 0.5' });
      await worker.call('h_seconds', 'remove', 'x');
      t.deepEqual(await page(), { 'y 1': 'y1 0.5' });
      await worker.call('h_seconds', 'observe', { labels: { l: 'z' }, value: 0.5 });
      await observe(worker, 'z', 1.5, 'z1');
      t.deepEqual(await page(), { 'y 1': 'y1 0.5', 'z 2': 'z1 1.5' });
      await worker.call('h_seconds', 'zero', { l: 'y' });
      t.deepEqual(await page(), { 'z 2': 'z1 1.5' });
      await worker.call('h_seconds', 'reset');
      t.deepEqual(await page(), {});
    },
  );
}

test('a timestamp is in seconds since 1970', async (t) => {
  const { start, reader } = openScene(t, 'file');
  const worker = start();
  await makeHistogram(worker);
  const before = Date.now() / 1000;
  await observe(worker, 'x', 0.5, 'x1');
  const [first] = await reader.samples('h_seconds');
  const { timestampSeconds = 0, ...rest } = first?.exemplar ?? {};
  t.deepEqual(rest, { labels: { trace_id: 'x1' }, value: 0.5 });
  t.true(timestampSeconds >= before && timestampSeconds <= Date.now() / 1000);
});
