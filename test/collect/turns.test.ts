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
