// Pages of a collector that are given back, those that are not, and those that are shared.

import test from 'ava';
import { Collector, Counter } from '../../src/index.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const counter = new Counter({ name: 'turns_total', help: 'Of the test.' });

test.serial('a page that was given back makes room for the next, of either format', async (t) => {
  const collector = new Collector({ dir: temporaryDirectory(t) });
  for (const format of ['text', 'openmetrics'] as const) {
    const first = await collector.collectPage({ format });
    const bytes = Buffer.from(first.bytes);
    first.release();
    const second = await collector.collectPage({ format });
    t.is(second.bytes.buffer, first.bytes.buffer);
    t.is(withoutTimes(second.bytes), withoutTimes(bytes));
    t.is(withoutTimes(await collector.collectBytes({ format })), withoutTimes(bytes));
  }
});

test.serial('a page that two asked for is nobody’s to give back', async (t) => {
  const collector = new Collector({ dir: temporaryDirectory(t) });
  const made = collector.collectPage();
  const [one, other] = await Promise.all([collector.collectPage(), collector.collectPage(), made]);
  t.is(one.bytes.buffer, other.bytes.buffer);
  const text = other.bytes.toString();
  one.release();
  (await collector.collectPage()).release();
  t.is(other.bytes.toString(), text);
});

test.serial(
  'a page of some names is the asker’s own, and the whole one is not changed by it',
  async (t) => {
    const collector = new Collector({ dir: temporaryDirectory(t) });
    const whole = await collector.collectPage();
    const text = whole.bytes.toString();
    counter.inc();
    const some = await collector.collectPage({ names: ['prom_multiproc_info'] });
    t.regex(
      some.bytes.toString(),
      /^# HELP prom_multiproc_info .*\n.*\nprom_multiproc_info\{.*\n$/,
    );
    some.release();
    t.not(some.bytes.buffer, whole.bytes.buffer);
    t.is(whole.bytes.toString(), text);
  },
);

test.serial('pages as text and as bytes do not change with what comes later', async (t) => {
  const collector = new Collector({ dir: temporaryDirectory(t) });
  const bytes = await collector.collectBytes();
  const text = bytes.toString();
  for (let i = 0; i < 3; i++) await collector.collect();
  t.is(bytes.toString(), text);
  bytes.fill(0);
  t.is(withoutTimes(await collector.collectBytes()), withoutTimes(Buffer.from(text)));
});

function withoutTimes(page: Buffer): string {
  return page.toString().replace(/_seconds .*/g, '');
}
