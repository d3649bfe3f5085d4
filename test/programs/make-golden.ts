/**
 * Makes the golden files of the present format version, once, before it is released:
 *
 *     node build/test/programs/make-golden.js test/golden/v1 exemplars
 *
 * They are not made anew later: what a released version wrote stays readable. Names after
 * the directory are those of the files to make; all where there are none.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { FileKind } from '../../src/format/layout.js';
import type { LabelValues } from '../../src/model/labels.js';
import { GAUGE_MODES, type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import { writeExemplar } from '../../src/store/exemplar-writer.js';
import type { Writer } from '../../src/store/writer.js';
import { loadBackend } from '../helpers/backends.js';
import { descriptor, fileWriter, newHolder } from '../helpers/writers.js';

function add(
  writer: Writer,
  id: number,
  metric: MetricDescriptor,
  labels: LabelValues,
  values: readonly number[],
) {
  const holder = newHolder();
  const series = writer.addSeries(id, labels, slotsPerSeries(metric), holder, values);
  return { holder, series, width: slotsPerSeries(metric) };
}

function fillWriter(writer: Writer): void {
  const counter = descriptor({
    name: 'requests_total',
    help: 'Requests.\nAll "of" them, \\ too.',
    labelNames: ['method', 'path'],
  });
  const requests = writer.defineMetric(counter);
  add(writer, requests, counter, ['GET', '/'], [3]);
  add(writer, requests, counter, ['GET', undefined], [0.1]);
  add(writer, requests, counter, ['', 'Grüße 👋\n"\\'], [2 ** 53]);
  const removed = add(writer, requests, counter, ['PUT', '/'], [5]);
  writer.removeSeries(removed.series, removed.width, removed.holder);
  add(writer, requests, counter, ['POST', '/'], [7]);

  for (const mode of GAUGE_MODES) {
    const gauge = descriptor({ name: `gauge_${mode}`, help: mode, type: 'gauge', mode });
    const id = writer.defineMetric(gauge);
    const setMs = slotsPerSeries(gauge) === 2 ? [1_700_000_000_123.5] : [];
    add(writer, id, gauge, [], [-1.5, ...setMs]);
  }

  const histogram = descriptor({
    name: 'seconds',
    help: 'Seconds.',
    type: 'histogram',
    buckets: [0.1, 1, 10],
  });
  const seconds = writer.defineMetric(histogram);
  writer.setDefaultLabels(seconds, [
    ['zone', 'a'],
    ['rack', '7'],
  ]);
  add(writer, seconds, histogram, [], [1, 2, 3, 4, 123.25]);

  const summary = descriptor({ name: 'bytes', help: 'Bytes.', type: 'summary' });
  add(writer, writer.defineMetric(summary), summary, [], [2, 3000]);

  const retired = descriptor({ name: 'retired_total' });
  const retiredId = writer.defineMetric(retired);
  const last = add(writer, retiredId, retired, [], [9]);
  writer.removeSeries(last.series, last.width, last.holder);
  writer.retireMetric(retiredId);

  // Enough for a second chunk of values and of records each.
  const wide = descriptor({
    name: 'wide',
    type: 'histogram',
    labelNames: ['i'],
    buckets: Array.from({ length: 200 }, (_, i) => i),
  });
  const wideId = writer.defineMetric(wide);
  for (let i = 0; i < 40; i++) {
    add(
      writer,
      wideId,
      wide,
      [String(i)],
      Array.from({ length: 202 }, () => i),
    );
  }
  const long = descriptor({ name: 'long_total', labelNames: ['text'] });
  add(writer, writer.defineMetric(long), long, ['x'.repeat(70_000)], [1]);
  writer.beat(1_700_000_060_000);
}

function fillArchive(writer: Writer): void {
  const counter = descriptor({ name: 'requests_total', labelNames: ['method'] });
  const id = writer.defineMetric(counter, 1_600_000_000_000);
  // Two blocks of one label set: a sum and what of it does not fit into a float64.
  add(writer, id, counter, ['GET'], [0.6]);
  add(writer, id, counter, ['GET'], [2 ** -60]);
  writer.addAbsorbed('4711-0-0123456789abcdef.pmp');
  writer.addAbsorbed('4711-2-fedcba9876543210.pmp');
}

function fillExemplars(writer: Writer): void {
  const counter = descriptor({ name: 'traced_total', labelNames: ['l'] });
  const traced = writer.defineMetric(counter);
  const a = add(writer, traced, counter, ['a'], [3]);
  const first = writer.addExemplar(a.series, 0, {
    labels: [['trace_id', 'to be written over']],
    value: 1,
    timeMs: 1_700_000_000_000,
  });
  writeExemplar(first, { labels: [['trace_id', '0af7']], value: 2, timeMs: 1_700_000_001_000.5 });
  add(writer, traced, counter, ['without'], [1]);
  const gone = add(writer, traced, counter, ['gone'], [1]);
  const left = writer.addExemplar(gone.series, 0, { labels: [], value: 1, timeMs: 1 });
  writer.removeSeries(gone.series, gone.width, gone.holder, [left]);
  const b = add(writer, traced, counter, ['b'], [1]);
  writer.addExemplar(b.series, 0, { labels: [], value: 1, timeMs: 1_700_000_002_000 });

  const histogram = descriptor({ name: 'traced_seconds', type: 'histogram', buckets: [0.1, 1] });
  const seconds = writer.defineMetric(histogram);
  const { series } = add(writer, seconds, histogram, [], [1, 0, 1, 7.5]);
  const hard = 'Grüße 👋\n"\\';
  const texts = [
    ['trace_id', hard],
    ['span_id', '中'.repeat(128 - 'trace_idspan_id'.length - hard.length)],
  ] as const;
  writer.addExemplar(series, 2, { labels: texts, value: 7.25, timeMs: 1_700_000_003_000 });
  writer.addExemplar(series, 0, { labels: [['n', '']], value: -0.5, timeMs: 1_700_000_004_000 });
  writer.beat(1_700_000_060_000);
}

/** What UTF-8, a page and a shell each have their way with. */
const GOLDEN_NAME = 'wörker "1" \\ 👋';

function fillNamed(writer: Writer): void {
  for (const mode of ['all', 'liveall'] as const) {
    const gauge = descriptor({ name: `gauge_${mode}`, type: 'gauge', mode, labelNames: ['l'] });
    const id = writer.defineMetric(gauge);
    add(writer, id, gauge, ['a'], [1.5, ...(slotsPerSeries(gauge) === 2 ? [1] : [])]);
  }
  writer.beat(1_700_000_060_000);
}

const [target, ...wanted] = process.argv.slice(2);
if (target === undefined) throw new Error('name the directory to write to');
const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-golden-'));
for (const [name, identity, fill] of [
  ['writer', { kind: FileKind.writer }, fillWriter],
  ['archive', { kind: FileKind.archive }, fillArchive],
  ['exemplars', { kind: FileKind.writer }, fillExemplars],
  ['named', { kind: FileKind.writer, name: GOLDEN_NAME }, fillNamed],
] as const) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const path = join(directory, name);
  const writer = fileWriter(loadBackend('mmap'), path, { ...identity, threadId: 2 });
  fill(writer);
  writer.mapping.close();
  writeFileSync(join(target, `${name}.pmp.gz`), gzipSync(readFileSync(path), { level: 9 }));
}
rmSync(directory, { recursive: true });
