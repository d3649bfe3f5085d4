// What remove, reset, clear and removeSingleMetric take off the page that all processes
// share: this process's own part, for good, and nothing of others, dead or alive.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { eventually, startApplication } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

type Process = ReturnType<typeof startApplication>;

const OTHERS = 11;
const OWN = 100;

/** Counts `value` in every series of every metric. */
async function count(writer: Process, value: number): Promise<void> {
  await writer.make('Counter', { name: 'plain_total' });
  await writer.make('Counter', { name: 'by_total', labelNames: ['l'] });
  await writer.make('Gauge', { name: 'level', labelNames: ['l'], multiprocessMode: 'sum' });
  await writer.make('Histogram', { name: 'took', labelNames: ['l'], buckets: [1] });
  await again(writer, value);
}

async function again(writer: Process, value: number): Promise<void> {
  await writer.call('plain_total', 'inc', value);
  for (const l of ['a', 'b']) {
    await writer.call('by_total', 'inc', { l }, value);
    await writer.call('level', 'inc', { l }, value);
    await writer.call('took', 'observe', { l }, value);
  }
}

/** One number for every series, without folding anything. */
async function shown(reader: Process): Promise<Record<string, number>> {
  const families = await reader.families({
    names: ['plain_total', 'by_total', 'level', 'took'],
    compact: false,
  });
  const values: Record<string, number> = {};
  for (const { samples } of families) {
    for (const { name, labels, value } of samples) {
      if (/_bucket$|_count$/.test(name)) continue;
      values[`${name.replace(/_total$|_sum$/, '')} ${labels.l ?? ''}`.trim()] = value;
    }
  }
  return values;
}

/** The same number for every series. */
function all(value: number): Record<string, number> {
  return {
    plain: value,
    'by a': value,
    'by b': value,
    'level a': value,
    'level b': value,
    'took a': value,
    'took b': value,
  };
}

/**
 * A writer that died with 1 in each series, in the archive or not, a live one with 10, and
 * one with 100 that the test removes things from; and somebody who looks on.
 */
async function setUp(t: ExecutionContext, backend: string, archived: boolean) {
  const dir = temporaryDirectory(t);
  const start = () => startApplication(t, backend, dir);
  const [dead, other, own, reader] = [start(), start(), start(), start()];
  await count(dead, 1);
  await dead.kill();
  if (archived) t.is(await reader.compact(), 1);
  await count(other, 10);
  await count(own, OWN);
  t.deepEqual(await shown(reader), all(OTHERS + OWN));
  return { dir, other, own, reader };
}

/** Everything of this process, in each of the ways there are; what can count again afterwards does. */
const WAYS: Readonly<
  Record<string, { take(own: Process): Promise<void>; readonly goesOn: boolean }>
> = {
  'remove()': {
    async take(own) {
      for (const name of ['by_total', 'level', 'took']) {
        await own.call(name, 'remove', { l: 'a' });
        await own.call(name, 'remove', 'b');
      }
      await own.call('plain_total', 'remove');
    },
    goesOn: true,
  },
  'reset()': {
    async take(own) {
      for (const name of ['plain_total', 'by_total', 'level', 'took'])
        await own.call(name, 'reset');
    },
    goesOn: true,
  },
  'removeSingleMetric()': {
    async take(own) {
      for (const name of ['plain_total', 'by_total', 'level', 'took']) await own.removeMetric(name);
    },
    goesOn: false,
  },
  'registry.clear()': { take: (own) => own.clearRegistry(), goesOn: false },
};

for (const backend of expectedBackends()) {
  for (const archived of [false, true]) {
    const when = archived ? 'after' : 'before';
    for (const [way, { take, goesOn }] of Object.entries(WAYS)) {
      test.serial(
        `${backend}: ${way} takes the process's own share, ${when} others' were archived, and it stays away`,
        async (t) => {
          const { own, other, reader } = await setUp(t, backend, archived);
          await take(own);
          t.deepEqual(await shown(reader), all(OTHERS));
          t.deepEqual(await shown(own), all(OTHERS));
          // The same labels begin at 0, or count where no page looks.
          await again(own, 5);
          const rest = goesOn ? OTHERS + 5 : OTHERS;
          t.deepEqual(await shown(reader), all(rest));
          await own.kill();
          t.deepEqual(await shown(reader), all(rest));
          t.is(await reader.compact(), archived ? 1 : 2);
          t.deepEqual(await shown(reader), all(rest));
          await other.kill();
          t.is(await reader.compact(), 1);
          t.deepEqual(await shown(reader), all(rest));
          t.deepEqual(await reader.warnings(), []);
        },
      );
    }
  }

  test.serial(
    `${backend}: what was removed stays away when the process is killed at once`,
    async (t) => {
      const { own, reader } = await setUp(t, backend, false);
      await own.call('by_total', 'remove', { l: 'a' });
      await own.kill();
      const expected = { ...all(OTHERS + OWN), 'by a': OTHERS };
      t.deepEqual(await shown(reader), expected);
      t.is(await reader.compact(), 2);
      t.deepEqual(await shown(reader), expected);
    },
  );

  test.serial(
    `${backend}: what was removed stays away when the directory is wiped and all is published again`,
    async (t) => {
      const { dir, own, reader } = await setUp(t, backend, true);
      await own.call('by_total', 'remove', { l: 'a' });
      await own.call('plain_total', 'reset');
      await own.removeMetric('level');
      for (const name of readdirSync(dir)) rmSync(path.join(dir, name), { recursive: true });
      // What the dead left went with the directory; the live have 10 and 100.
      const expected = {
        ...all(10 + OWN),
        'by a': 10,
        plain: 10,
        'level a': 10,
        'level b': 10,
      };
      const published = async (): Promise<string | undefined> => {
        const page = await shown(reader);
        return isDeepStrictEqual(page, expected) ? undefined : JSON.stringify(page);
      };
      await eventually(published);
      await own.kill();
      t.is(await published(), undefined);
      t.is(await reader.compact(), 1);
      t.is(await published(), undefined);
    },
  );

  test.serial(
    `${backend}: resetDirectory begins at zero but for the living, who go on`,
    async (t) => {
      for (const archived of [false, true]) {
        const { own, other, reader } = await setUp(t, backend, archived);
        t.is(await reader.resetDirectory(), 1);
        t.deepEqual(await shown(reader), all(10 + OWN));
        await again(own, 1);
        t.deepEqual(await shown(reader), all(11 + OWN));
        for (const writer of [own, other]) await writer.kill();
        t.deepEqual(await shown(reader), all(11 + OWN));
        t.is(await reader.resetDirectory(), 2);
        t.deepEqual(await shown(reader), {});
      }
    },
  );
}
