// Processes that are asked for again and again are looked up once, and what is said of them
// is what a look-up would say.

import test, { type ExecutionContext } from 'ava';
import { nowMs } from '../../src/processes/clock.js';
import { ownIdentity, startTicksOf } from '../../src/processes/identity.js';
import { createObserver, type Observer } from '../../src/processes/liveness.js';
import { ProcessWatch } from '../../src/processes/process-watch.js';
import { startIdle, startUnawaited, watchedPids } from '../helpers/idle-processes.js';

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

interface Scene {
  readonly watch: ProcessWatch;
  /** Pids that were looked up since this was asked last. */
  lookUps(): number[];
  ask(pid: number): number | undefined;
}

/** A watch over an observer, this thread's unless said otherwise. */
function setUp(t: ExecutionContext, by: Observer = createObserver(ownIdentity(), nowMs)): Scene {
  const pids: number[] = [];
  const watch = new ProcessWatch({
    ...by,
    startTicksOf(pid) {
      pids.push(pid);
      return by.startTicksOf(pid);
    },
  });
  t.teardown(() => watch.close());
  return {
    watch,
    lookUps: () => pids.splice(0),
    ask: (pid) => watch.observer.startTicksOf(pid),
  };
}

onLinux('a process that goes on running is looked up at the first question only', (t) => {
  const { ask, lookUps } = setUp(t);
  const { pid } = startIdle(t);
  const ticks = startTicksOf(pid);
  t.true(Number.isInteger(ticks));
  t.is(ask(pid), ticks);
  t.true(lookUps().length > 0);
  for (let i = 0; i < 3; i++) t.is(ask(pid), ticks);
  t.deepEqual(lookUps(), []);
  t.deepEqual(watchedPids(), [pid]);
});

onLinux('a process that was killed and waited for is gone at the next question', async (t) => {
  const { ask } = setUp(t);
  const { pid, kill } = startIdle(t);
  t.is(ask(pid), startTicksOf(pid));
  await kill();
  t.is(ask(pid), undefined);
  t.deepEqual(watchedPids(), []);
});

onLinux('a process that was killed and not waited for has the start of none', async (t) => {
  const { ask } = setUp(t);
  const { pid, kill } = await startUnawaited(t);
  t.is(ask(pid), startTicksOf(pid));
  t.true(Number.isInteger(ask(pid)));
  await kill();
  t.is(ask(pid), Number.NaN);
  t.deepEqual(watchedPids(), []);
});

onLinux('a pid that another process gets while it is looked up is looked up again', (t) => {
  const { pid } = startIdle(t);
  let ticks = 100;
  const { ask, lookUps } = setUp(t, {
    ...createObserver(ownIdentity(), nowMs),
    startTicksOf: () => ticks++,
  });
  t.is(ask(pid), 100);
  t.deepEqual(watchedPids(), []);
  lookUps();
  t.is(ask(pid), 102);
  t.true(lookUps().length > 0);
});

onLinux('a process takes no descriptor to know that it runs itself', (t) => {
  const self = ownIdentity();
  const { ask } = setUp(t);
  t.is(ask(process.pid), self.startTicks);
  t.deepEqual(watchedPids(), []);
});

onLinux('where start times are not to be had nothing is watched', (t) => {
  const { pid } = startIdle(t);
  const by = { ...createObserver(ownIdentity(), nowMs), startTicksOf: () => undefined };
  const { ask } = setUp(t, by);
  t.is(ask(pid), undefined);
  t.deepEqual(watchedPids(), []);
});

onLinux('a process that nobody asked for in a round is let go of', (t) => {
  const { watch, ask } = setUp(t);
  const [one, two] = [startIdle(t), startIdle(t)];
  watch.beginRound();
  for (const { pid } of [one, two]) ask(pid);
  watch.beginRound();
  ask(one.pid);
  t.is(watchedPids().length, 2);
  watch.beginRound();
  t.deepEqual(watchedPids(), [one.pid]);
  watch.beginRound();
  t.deepEqual(watchedPids(), []);
});

onLinux('descriptors that are given back are not taken again in the same round', (t) => {
  const { watch, ask } = setUp(t);
  const { pid } = startIdle(t);
  const ticks = startTicksOf(pid);
  const giveBack = () => watch.observer.giveBack?.();
  t.false(giveBack());
  watch.beginRound();
  ask(pid);
  t.true(giveBack());
  t.is(ask(pid), ticks);
  t.deepEqual(watchedPids(), []);
  t.false(giveBack());
  watch.beginRound();
  t.is(ask(pid), ticks);
  t.is(watchedPids().length, 1);
  watch.close();
  t.deepEqual(watchedPids(), []);
  t.is(ask(pid), ticks);
});
