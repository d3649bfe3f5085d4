import test from 'ava';
import { ratesBetween } from '../../src/cli/top/rates.js';
import type { Snapshot, WriterReading } from '../../src/cli/top/snapshot.js';

function writer(name: string, total: number, liveness: WriterReading['liveness']): WriterReading {
  const rest = { ageMs: 0, heartbeatAgeMs: 0, series: 1, sizeBytes: 0 };
  return { path: `/${name}`, name, total, liveness, ...rest };
}

function snapshot(
  atMs: number,
  writers: WriterReading[],
  series: Record<string, number>,
): Snapshot {
  return { atMs, writers, directories: [], skipped: 0, series: new Map(Object.entries(series)) };
}

test('rates are per second, of each writer and each series by itself, the busiest first', (t) => {
  const before = snapshot(
    1000,
    [writer('idle', 50, 'live'), writer('busy', 7, 'live'), writer('gone', 1, 'live')],
    { a_total: 5, b_total: 100 },
  );
  const now = snapshot(
    3000,
    [
      writer('gone', 1, 'dead'),
      writer('idle', 50, 'live'),
      writer('new', 900, 'live'),
      writer('busy', 27, 'live'),
    ],
    { a_total: 11, b_total: 100, c_total: 70 },
  );
  const { writers, series } = ratesBetween(before, now);
  t.deepEqual(
    writers.map(({ what, perSecond }) => [what.name, perSecond]),
    [
      ['busy', 10],
      ['idle', 0],
      ['new', undefined],
      ['gone', 0],
    ],
  );
  t.deepEqual(
    series.map(({ what, perSecond }) => [what.name, what.value, perSecond]),
    [
      ['a_total', 11, 3],
      ['b_total', 100, 0],
      ['c_total', 70, undefined],
    ],
  );
});

test('without a look before there are no rates, and what was removed has none below 0', (t) => {
  const now = snapshot(1000, [writer('w', 5, 'live')], { a_total: 5 });
  t.is(ratesBetween(undefined, now).writers[0]?.perSecond, undefined);
  const later = snapshot(2000, [writer('w', 1, 'live')], { a_total: 1 });
  const { writers, series } = ratesBetween(now, later);
  t.is(writers[0]?.perSecond, 0);
  t.is(series[0]?.perSecond, 0);
});
