// Who speaks for a process, and that its CPU time is counted once, with the threads and
// the clock of the test.

import test from 'ava';
import { ProcessCells, type ProcessEntry } from '../../src/default-metrics/process-cells.js';
import { Speaker } from '../../src/default-metrics/speaker.js';

const SILENT_MS = 1000;

function process() {
  const entry = ProcessCells.create(0).entry('') as ProcessEntry;
  const world = {
    ms: 0,
    agreed: true,
    running: new Set<number>(),
    cpu: { user: 1_000_000, system: 500_000 },
  };
  const thread = (threadId: number) =>
    new Speaker({
      threadId,
      isMainThread: threadId === 0,
      entry: () => entry,
      isAgreed: () => world.agreed,
      silentMs: SILENT_MS,
      now: () => world.ms,
      osThread: 1000 + threadId,
      osThreadRuns: (id) => world.running.has(id),
      cpuUsage: () => world.cpu,
    });
  const burn = (user: number, system: number) => {
    world.cpu = { user: world.cpu.user + user, system: world.cpu.system + system };
  };
  return { world, thread, burn };
}

test('the first worker thread that is asked speaks, and no other', (t) => {
  const { thread } = process();
  const [a, b] = [thread(3), thread(2)];
  for (let i = 0; i < 3; i++) t.deepEqual([a.speaks(), b.speaks()], [true, false]);
});

test('the main thread speaks as soon as it is asked, whoever spoke before, and stays', (t) => {
  const { thread, world } = process();
  const [main, worker] = [thread(0), thread(1)];
  t.true(worker.speaks());
  t.true(main.speaks());
  t.false(worker.speaks());
  world.ms += 100 * SILENT_MS;
  t.false(worker.speaks());
  t.true(main.speaks());
});

test('a worker thread that is asked before the main thread leaves it to that one, once it is announced', (t) => {
  const { thread } = process();
  const [main, worker] = [thread(0), thread(1)];
  main.announce();
  worker.announce();
  t.false(worker.speaks());
  t.true(main.speaks());
});

test('a worker thread speaks only when the threads had time to agree; the main thread at once', (t) => {
  const { thread, world } = process();
  const [main, worker] = [thread(0), thread(1)];
  world.agreed = false;
  t.false(worker.speaks());
  world.agreed = true;
  t.true(worker.speaks());
  world.agreed = false;
  t.true(main.speaks());
});

test('when the speaker leaves another speaks at once', (t) => {
  const { thread } = process();
  const [a, b] = [thread(1), thread(2)];
  t.true(a.speaks());
  t.false(b.speaks());
  b.leave();
  t.false(b.speaks());
  a.leave();
  t.true(b.speaks());
});

test('a speaker that was terminated is replaced when it was silent for long enough', (t) => {
  const { thread, world } = process();
  const [a, b] = [thread(1), thread(2)];
  t.true(a.speaks());
  t.false(b.speaks());
  world.ms = SILENT_MS;
  t.false(b.speaks());
  world.ms++;
  t.true(b.speaks());
  t.false(a.speaks(), 'if it was only busy it has lost its place');
});

test('a speaker that is silent and known to run keeps its place, and loses it when it no longer runs', (t) => {
  const { thread, world } = process();
  const [a, b] = [thread(1), thread(2)];
  world.running.add(1001);
  t.true(a.speaks());
  t.false(b.speaks());
  world.ms += 100 * SILENT_MS;
  t.false(b.speaks());
  t.true(a.speaks());
  t.false(b.speaks());
  world.ms += 100 * SILENT_MS;
  world.running.delete(1001);
  t.true(b.speaks());
});

test('a speaker that speaks now and then keeps its place', (t) => {
  const { thread, world } = process();
  const [a, b] = [thread(1), thread(2)];
  for (let i = 0; i < 20; i++) {
    t.true(a.speaks());
    world.ms += SILENT_MS - 1;
    t.false(b.speaks());
  }
});

/** What a thread counts when it is asked: nothing where it does not speak. */
function counter(speaker: Speaker) {
  const share = speaker.openCpuShare();
  const total = { user: 0, system: 0 };
  return () => {
    if (!speaker.speaks()) return total;
    const { user, system } = speaker.drawCpu(share);
    total.user += user;
    total.system += system;
    return total;
  };
}

test('CPU time is counted from the first call in the process, by the thread that speaks', (t) => {
  const { thread, burn } = process();
  const first = counter(thread(1));
  burn(10, 1);
  const second = counter(thread(2));
  burn(20, 2);
  t.deepEqual(second(), { user: 30, system: 3 });
  t.deepEqual(first(), { user: 0, system: 0 });
});

test('no CPU time is lost or counted twice when another thread speaks', (t) => {
  const { thread, burn } = process();
  const [a, b, main] = [thread(1), thread(2), thread(0)];
  const [countA, countB] = [counter(a), counter(b)];
  countA();
  burn(10, 1);
  countA();
  countB();
  burn(20, 2);
  // Terminated, or left: what it has not counted the next one counts.
  a.leave();
  burn(40, 4);
  countB();
  burn(80, 8);
  const countMain = counter(main);
  burn(160, 16);
  const totals = [countA(), countB(), countMain()];
  t.is(
    totals.reduce((sum, { user }) => sum + user, 0),
    310,
  );
  t.is(
    totals.reduce((sum, { system }) => sum + system, 0),
    31,
  );
});

test('every set of metrics of a thread counts all CPU time since it was made', (t) => {
  const { thread, burn } = process();
  const main = thread(0);
  const one = counter(main);
  burn(10, 1);
  const two = counter(main);
  burn(20, 2);
  t.deepEqual(one(), { user: 30, system: 3 });
  t.deepEqual(two(), { user: 20, system: 2 });
  burn(1, 1);
  t.deepEqual(two(), { user: 21, system: 3 });
  t.deepEqual(one(), { user: 31, system: 4 });
});

test('CPU time that a thread saw late is not counted again', (t) => {
  const entry = ProcessCells.create(0).entry('') as ProcessEntry;
  entry.beginCpu({ user: 100, system: 100 });
  t.deepEqual(entry.takeCpu({ user: 150, system: 110 }), { user: 50, system: 10 });
  t.deepEqual(entry.takeCpu({ user: 120, system: 110 }), { user: 0, system: 0 });
  t.deepEqual(entry.takeCpu({ user: 151, system: 111 }), { user: 1, system: 1 });
});

test('prefixes do not touch each other, and beyond the last there is no room', (t) => {
  const cells = ProcessCells.create(7);
  t.is(cells.creator, 7);
  const prefixes = Array.from({ length: 64 }, (_, i) => (i === 0 ? '' : `prefix_${i}_`));
  for (const [i, prefix] of prefixes.entries()) {
    const entry = cells.entry(prefix);
    t.is(entry?.speaker, undefined);
    t.true(entry?.replaceSpeaker(undefined, i));
  }
  t.is(cells.entry('one too many'), undefined);
  for (const [i, prefix] of prefixes.entries()) t.is(cells.entry(prefix)?.speaker, i);
  t.is(new ProcessCells(cells.buffer).entry('prefix_5_')?.speaker, 5);
});
