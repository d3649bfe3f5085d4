// A writer on one backend and a reader on another: processes that share a directory
// need not have the same one.

import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MARK_AT, Mark, WriterState } from '../../src/format/layout.js';
import { Reader } from '../../src/store/reader.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { valuesOf } from '../helpers/reading.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

const names = expectedBackends();

for (const [writing, reading] of names.flatMap((a) => names.map((b) => [a, b] as const))) {
  const pair = `${writing} read by ${reading}`;
  const [from, to] = [loadBackend(writing), loadBackend(reading)];

  test(`${pair}: identity, metrics, series and values are what was written`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const writer = fileWriter(from, path);
    const counter = writer.defineMetric(descriptor({ name: 'c', labelNames: ['path', 'code'] }));
    const histogram = writer.defineMetric(
      descriptor({ name: 'h', type: 'histogram', buckets: [0.1, 1] }),
    );
    const [one, other, block] = [newHolder(), newHolder(), newHolder()];
    writer.addSeries(counter, ['/a"\\\n', undefined], 1, one);
    writer.addSeries(counter, ['', '👍'], 1, other);
    writer.addSeries(histogram, [], 4, block, [1, 2, 3, 4.5]);
    setSlot(one, 7);
    setSlot(other, 0.1);
    writer.mapping.flush();
    const reader = Reader.open(to, path);
    t.teardown(() => reader.close());
    reader.update();
    t.deepEqual(reader.header, { ...IDENTITY, backend: writing, locked: writer.mapping.locked });
    t.is(reader.inode, statSync(path).ino);
    t.deepEqual(
      reader.metrics.map(({ name, type, buckets, labelNames, sinceMs }) => ({
        name,
        type,
        buckets,
        labelNames,
        sinceMs,
      })),
      [
        {
          name: 'c',
          type: 'counter',
          buckets: [],
          labelNames: ['path', 'code'],
          sinceMs: 0,
        },
        {
          name: 'h',
          type: 'histogram',
          buckets: [0.1, 1],
          labelNames: [],
          sinceMs: 0,
        },
      ],
    );
    t.deepEqual(valuesOf(reader), {
      'c["/a\\"\\\\\\n",null]': [7],
      'c["","👍"]': [0.1],
      'h[]': [1, 2, 3, 4.5],
    });
  });

  test(`${pair}: an open reader follows values, new series, removals and growth`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const writer = fileWriter(from, path);
    const reader = Reader.open(to, path);
    t.teardown(() => reader.close());
    const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['i'] }));
    const expected: Record<string, number[]> = {};
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < 700; i++) {
        const label = `${round}-${i}`;
        const holder = newHolder();
        const id = writer.addSeries(metric, [label], 1, holder);
        setSlot(holder, round * 1000 + i);
        if (i % 7 === 0) writer.removeSeries(id, 1, holder);
        else expected[`c["${label}"]`] = [round * 1000 + i];
      }
      writer.mapping.flush();
      reader.update();
      t.deepEqual(valuesOf(reader), expected);
    }
    t.true(writer.size >= 4 * 65536, `the file grew to ${writer.size} bytes`);
    t.is(statSync(path).size, writer.size);
  });

  test(`${pair}: state, heartbeat and somebody's mark are seen`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const writer = fileWriter(from, path);
    const reader = Reader.open(to, path);
    t.teardown(() => reader.close());
    reader.update();
    t.is(reader.state, WriterState.live);
    t.is(reader.mark, Mark.none);
    t.is(reader.heartbeatMs, IDENTITY.createdMs);
    writer.beat(IDENTITY.createdMs + 2000.5);
    const fd = openSync(path, 'r+');
    writeSync(fd, new Uint8Array(new Int32Array([Mark.dead]).buffer), 0, 4, MARK_AT);
    closeSync(fd);
    writer.end();
    reader.update();
    t.is(reader.state, WriterState.closed);
    t.is(reader.mark, Mark.dead);
    t.is(reader.heartbeatMs, IDENTITY.createdMs + 2000.5);
  });

  test(`${pair}: changes after the writer has ended still reach the file`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const writer = fileWriter(from, path);
    const holder = newHolder();
    writer.addSeries(writer.defineMetric(descriptor({ name: 'c' })), [], 1, holder);
    writer.end();
    setSlot(holder, 5);
    const reader = Reader.open(to, path);
    t.teardown(() => reader.close());
    reader.update();
    t.deepEqual(valuesOf(reader), { 'c[]': [5] });
  });
}
