// Files that released versions wrote are read to what was written, by every backend.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { FileKind } from '../../src/format/layout.js';
import { planMerge } from '../../src/merge/plan.js';
import { GAUGE_MODES, slotsPerSeries } from '../../src/model/metric.js';
import { FileSource } from '../../src/processes/file-source.js';
import { StoredExemplar } from '../../src/store/exemplar-entry.js';
import { Reader } from '../../src/store/reader.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { tableOf } from '../helpers/merge-sources.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { IDENTITY } from '../helpers/writers.js';

const GOLDEN = new URL('../../../test/golden/', import.meta.url);

function readGolden(t: Teardown, backend: ReturnType<typeof loadBackend>, name: string): Reader {
  const path = join(temporaryDirectory(t), 'golden.pmp');
  writeFileSync(path, gunzipSync(readFileSync(new URL(`${name}.pmp.gz`, GOLDEN))));
  const reader = Reader.open(backend, path);
  t.teardown(() => reader.close());
  reader.update();
  return reader;
}

/** Per metric: its name and, per series, label values and block. */
function contentsOf(reader: Reader): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>(reader.metrics.map(({ name }) => [name, []]));
  for (const { metric, labelValues, slot } of reader.series) {
    const { values, index } = reader.locate(slot);
    const block = [...values.subarray(index, index + slotsPerSeries(metric))];
    found.get(metric.name)?.push([...labelValues, block]);
  }
  return found;
}

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`a writer's file of format version 1 is read whole, on ${name}`, (t) => {
    const reader = readGolden(t, backend, 'v1/writer');
    t.deepEqual(reader.header, {
      ...IDENTITY,
      kind: FileKind.writer,
      threadId: 2,
      backend: 'mmap',
      locked: true,
    });
    t.is(reader.state, 1);
    t.is(reader.mark, 0);
    t.is(reader.heartbeatMs, 1_700_000_060_000);
    t.false(reader.superseded);
    t.deepEqual(reader.absorbed, new Set());

    const contents = contentsOf(reader);
    const gauges = GAUGE_MODES.map((mode) => {
      const timed = /min|max|mostrecent|average|all/.test(mode);
      return [`gauge_${mode}`, [[timed ? [-1.5, 1_700_000_000_123.5] : [-1.5]]]] as const;
    });
    t.deepEqual(
      contents,
      new Map<string, unknown[]>([
        [
          'requests_total',
          [
            ['GET', '/', [3]],
            ['GET', undefined, [0.1]],
            ['', 'Grüße 👋\n"\\', [2 ** 53]],
            ['POST', '/', [7]],
          ],
        ],
        ...gauges.map(([metric, series]) => [metric, [...series]] as [string, unknown[]]),
        ['seconds', [[[1, 2, 3, 4, 123.25]]]],
        ['bytes', [[[2, 3000]]]],
        ['wide', Array.from({ length: 40 }, (_, i) => [String(i), new Array(202).fill(i)])],
        ['long_total', [['x'.repeat(70_000), [1]]]],
      ]),
    );
    const metric = (wanted: string) => reader.metrics.find((one) => one.name === wanted);
    t.is(metric('requests_total')?.help, 'Requests.\nAll "of" them, \\ too.');
    t.deepEqual(metric('requests_total')?.labelNames, ['method', 'path']);
    t.is(metric('requests_total')?.sinceMs, 0);
    t.deepEqual(metric('seconds')?.buckets, [0.1, 1, 10]);
    t.deepEqual(metric('seconds')?.defaultLabels, [
      ['zone', 'a'],
      ['rack', '7'],
    ]);
    for (const mode of GAUGE_MODES) t.is(metric(`gauge_${mode}`)?.mode, mode);
  });

  test(`exemplars of format version 1 are read whole, on ${name}`, (t) => {
    const reader = readGolden(t, backend, 'v1/exemplars');
    t.deepEqual(
      contentsOf(reader),
      new Map<string, unknown[]>([
        [
          'traced_total',
          [
            ['a', [3]],
            ['without', [1]],
            ['b', [1]],
          ],
        ],
        ['traced_seconds', [[[1, 0, 1, 7.5]]]],
      ]),
    );
    const exemplars = reader.series.map(({ exemplarSlots = [] }) =>
      [...exemplarSlots].map((slot) => {
        if (slot === undefined) return undefined;
        const { values, index } = reader.locate(slot);
        return new StoredExemplar(values, index).read();
      }),
    );
    t.deepEqual(exemplars, [
      [{ labels: [['trace_id', '0af7']], value: 2, timeMs: 1_700_000_001_000.5 }],
      [],
      [{ labels: [], value: 1, timeMs: 1_700_000_002_000 }],
      [
        { labels: [['n', '']], value: -0.5, timeMs: 1_700_000_004_000 },
        undefined,
        {
          labels: [
            ['trace_id', 'Grüße 👋\n"\\'],
            ['span_id', '中'.repeat(102)],
          ],
          value: 7.25,
          timeMs: 1_700_000_003_000,
        },
      ],
    ]);
  });

  test(`a stable name of format version 1 is read whole, on ${name}`, (t) => {
    const reader = readGolden(t, backend, 'v1/named');
    t.is(reader.header.name, 'wörker "1" \\ 👋');
    const source = new FileSource(reader);
    source.update();
    const plan = planMerge([source]);
    plan.run();
    const shown = { '{l="a",pid="wörker \\"1\\" \\\\ 👋"}': [1.5] };
    t.deepEqual(tableOf(plan.families), { gauge_all: shown, gauge_liveall: shown });
  });

  test(`an archive of format version 1 is read whole, on ${name}`, (t) => {
    const reader = readGolden(t, backend, 'v1/archive');
    t.is(reader.header.kind, FileKind.archive);
    t.deepEqual(
      reader.absorbed,
      new Set(['4711-0-0123456789abcdef.pmp', '4711-2-fedcba9876543210.pmp']),
    );
    t.deepEqual(
      contentsOf(reader),
      new Map([
        [
          'requests_total',
          [
            ['GET', [0.6]],
            ['GET', [2 ** -60]],
          ],
        ],
      ]),
    );
    t.is(reader.metrics[0]?.sinceMs, 1_600_000_000_000);
  });
}
