import { mkdirSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { DirectoryError } from '../../src/errors.js';
import { DIRECTORY_REST_MS } from '../../src/limits.js';
import { newWriterName } from '../../src/processes/directory.js';
import { WriterListing } from '../../src/processes/writer-listing.js';
import { withOtherCalls } from '../helpers/failing-calls.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** A listing, by a clock that is moved by hand, and how often it read the directory. */
function observed(directory: string) {
  let nowMs = 1;
  let reads = 0;
  const listing = new WriterListing(directory, () => nowMs);
  const paths = () =>
    withOtherCalls(
      ['readdirSync'],
      (_name, original) =>
        (...args) => {
          if (args[0] === directory) reads++;
          return original(...args);
        },
      async () => listing.paths(),
    );
  return {
    paths,
    /** Times that the directory was read by one more call. */
    async readsNow() {
      const before = reads;
      await paths();
      return reads - before;
    },
    pass(ms: number) {
      nowMs += ms;
    },
    /** Brings it to where the directory is not read any more. */
    async rest() {
      await paths();
      nowMs += DIRECTORY_REST_MS;
      await paths();
    },
  };
}

function addWriter(directory: string, pid = 7): string {
  const { final } = newWriterName(directory, pid, 0);
  writeFileSync(final, '');
  return final;
}

/** Until the clock that dates changes has gone on: two changes before that may have one date. */
async function untilAnotherDate(directory: string): Promise<void> {
  const probe = `${directory}.probe`;
  do {
    await setImmediate();
    writeFileSync(probe, '');
  } while (statSync(probe).ctimeMs === statSync(directory).ctimeMs);
  rmSync(probe);
}

test.serial('a directory that rests is not read again, and gives the same array', async (t) => {
  const directory = temporaryDirectory(t);
  const writer = addWriter(directory);
  const listing = observed(directory);
  await listing.rest();
  const paths = await listing.paths();
  t.deepEqual(paths, [writer]);
  t.is(await listing.readsNow(), 0);
  listing.pass(60 * 60_000);
  t.is(await listing.readsNow(), 0);
  t.is(await listing.paths(), paths);
});

test.serial('a writer that comes, is renamed or goes is seen at once', async (t) => {
  const directory = temporaryDirectory(t);
  const first = addWriter(directory, 1);
  const listing = observed(directory);
  await untilAnotherDate(directory);
  await listing.rest();
  const second = addWriter(directory, 2);
  t.deepEqual(await listing.paths(), [first, second]);
  await untilAnotherDate(directory);
  await listing.rest();
  const third = newWriterName(directory, 3, 0).final;
  renameSync(second, third);
  t.deepEqual(await listing.paths(), [first, third]);
  await untilAnotherDate(directory);
  await listing.rest();
  unlinkSync(first);
  t.deepEqual(await listing.paths(), [third]);
});

test.serial(
  'as long as two changes may have one date, each call reads the directory',
  async (t) => {
    const directory = temporaryDirectory(t);
    const listing = observed(directory);
    const writers: string[] = [];
    // Most of these have the date of the one before.
    for (let pid = 1; pid < 200; pid++) {
      writers.push(addWriter(directory, pid));
      t.is((await listing.paths()).length, writers.length);
      listing.pass(1);
    }
    listing.pass(DIRECTORY_REST_MS - 2);
    t.is(await listing.readsNow(), 1);
    t.is(await listing.readsNow(), 1);
    listing.pass(1);
    t.is(await listing.readsNow(), 1, 'the listing that serves is made after the rest');
    t.is(await listing.readsNow(), 0);
  },
);

test.serial('a directory that took the place of another is read', async (t) => {
  const parent = temporaryDirectory(t);
  const directory = join(parent, 'metrics');
  const other = join(parent, 'other');
  for (const path of [directory, other]) mkdirSync(path);
  addWriter(directory, 1);
  addWriter(other, 2);
  const listing = observed(directory);
  await listing.rest();
  renameSync(directory, join(parent, 'before'));
  renameSync(other, directory);
  t.regex((await listing.paths()).join(), /^[^,]*2-0-[^,]*$/);
});

test.serial(
  'a directory that went and came again is read, and its absence is an error',
  async (t) => {
    const directory = join(temporaryDirectory(t), 'metrics');
    mkdirSync(directory);
    addWriter(directory);
    const listing = observed(directory);
    await listing.rest();
    rmSync(directory, { recursive: true });
    await t.throwsAsync(listing.paths(), { instanceOf: DirectoryError, message: /does not exist/ });
    mkdirSync(directory);
    t.deepEqual(await listing.paths(), []);
  },
);

test.serial('on a file system that may not date every change, each call reads', async (t) => {
  const listing = observed('/proc/self/task');
  await listing.rest();
  await listing.rest();
  t.is(await listing.readsNow(), 1);
  t.is(await listing.readsNow(), 1);
});
