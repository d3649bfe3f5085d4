import test from 'ava';
import { Turns } from '../../src/collect/turns.js';

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { run, end: () => end() };
}

test('one piece of work runs at a time, in the order of asking', async (t) => {
  const turns = new Turns();
  const log: string[] = [];
  const [a, b] = [work(log, 'a'), work(log, 'b')];
  const results = [turns.take(a.run), turns.take(b.run)];
  b.end();
  a.end();
  t.deepEqual(await Promise.all(results), ['a', 'b']);
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('work that waits is shared by those who ask for the same, work that runs is not', async (t) => {
  const turns = new Turns();
  const log: string[] = [];
  const [a, b, c] = [work(log, 'a'), work(log, 'b'), work(log, 'c')];
  const first = turns.take(a.run, 'page');
  await Promise.resolve();
  await Promise.resolve();
  t.deepEqual(log, ['a begins']);
  const results = [turns.take(b.run, 'page'), turns.take(c.run, 'page')];
  for (const one of [a, b, c]) one.end();
  t.is(await first, 'a');
  t.deepEqual(await Promise.all(results), ['b', 'b']);
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('work that fails is told to those who asked, and the next runs', async (t) => {
  const turns = new Turns();
  const fails = turns.take(() => Promise.reject(new Error('no')));
  const runs = turns.take(async () => 'yes');
  await t.throwsAsync(fails, { message: 'no' });
  t.is(await runs, 'yes');
  t.false(turns.busy);
});

test('it is busy from asking to the end', async (t) => {
  const turns = new Turns();
  t.false(turns.busy);
  const result = turns.take(async () => 1);
  t.true(turns.busy);
  await result;
  t.false(turns.busy);
});

/** Runs until `first` has begun, then lets two ask for a page that waits for its turn. */
async function twoWait(second: AbortSignal | undefined) {
  const turns = new Turns();
  const log: string[] = [];
  const [a, b] = [work(log, 'a'), work(log, 'b')];
  b.end();
  const first = turns.take(a.run);
  await Promise.resolve();
  const asker = new AbortController();
  const results = [asker.signal, second].map((signal) => turns.take(b.run, 'page', signal));
  return { turns, log, asker, results, first, end: a.end, b };
}

test('work that all who asked for it have given up is not begun', async (t) => {
  const other = new AbortController();
  const { turns, log, asker, results, first, end, b } = await twoWait(other.signal);
  asker.abort(new Error('enough'));
  other.abort();
  end();
  await first;
  for (const result of results) await t.throwsAsync(result, { message: 'enough' });
  t.false(turns.busy);
  t.is(await turns.take(b.run, 'page'), 'b');
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('work that one of those who asked for it wants still is done', async (t) => {
  for (const other of [new AbortController().signal, undefined]) {
    const { log, asker, results, end } = await twoWait(other);
    asker.abort();
    end();
    t.deepEqual(await Promise.all(results), ['b', 'b']);
    t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
  }
});

test('work that was given up is done where somebody asks for it before its turn', async (t) => {
  const other = new AbortController();
  const { turns, asker, results, end, b } = await twoWait(other.signal);
  asker.abort();
  other.abort();
  const late = turns.take(b.run, 'page', new AbortController().signal);
  end();
  t.is(await late, 'b');
  t.deepEqual(await Promise.all(results), ['b', 'b']);
});

test('giving up work that has begun changes nothing', async (t) => {
  const turns = new Turns();
  const log: string[] = [];
  const a = work(log, 'a');
  const asker = new AbortController();
  const result = turns.take(a.run, 'page', asker.signal);
  await Promise.resolve();
  await Promise.resolve();
  t.deepEqual(log, ['a begins']);
  asker.abort();
  a.end();
  t.is(await result, 'a');
});

test('work is told whether several share what it gives', async (t) => {
  const turns = new Turns();
  const told = async (shared: boolean) => shared;
  const results = [
    turns.take(told),
    turns.take(told, 'page'),
    turns.take(told, 'page'),
    turns.take(told, 'other'),
  ];
  t.deepEqual(await Promise.all(results), [false, true, true, false]);
});
