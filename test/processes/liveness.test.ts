import test from 'ava';
import type { FileHeader } from '../../src/format/header.js';
import { Mark, WriterState } from '../../src/format/layout.js';
import { ABSORB_AFTER_MS, CLOSED_GRACE_MS, STALE_AFTER_MS } from '../../src/limits.js';
import type { LockState } from '../../src/mapping/mapping.js';
import { ownIdentity } from '../../src/processes/identity.js';
import {
  createObserver,
  judge,
  type Liveness,
  type LivenessEvidence,
  type Observer,
} from '../../src/processes/liveness.js';
import { IDENTITY } from '../helpers/writers.js';

function liveness(seen: LivenessEvidence, by: Observer): Liveness {
  return judge(seen, by).liveness;
}

const NOW_MS = 1_700_000_100_000;

interface Case {
  header?: Partial<FileHeader>;
  lock?: LockState;
  state?: number;
  mark?: number;
  heartbeatAgeMs?: number;
}

/** A writer of this machine and namespace that says it is well, but for what the case says. */
function evidence({
  header,
  lock = 'unknown',
  state,
  mark,
  heartbeatAgeMs = 0,
}: Case): LivenessEvidence {
  return {
    header: { ...IDENTITY, backend: 'mmap', locked: lock !== 'unknown', ...header },
    state: state ?? WriterState.live,
    mark: mark ?? Mark.none,
    heartbeatMs: NOW_MS - heartbeatAgeMs,
    probeLock: () => lock,
  };
}

/** Somebody on the writer's machine who sees its process run since it says. */
function observer(other: Partial<Observer> = {}): Observer {
  return {
    self: { ...IDENTITY, pid: 1 },
    nowMs: () => NOW_MS,
    startTicksOf: () => IDENTITY.startTicks,
    runs: () => true,
    ...other,
  };
}

/** Where neither lock nor process table says anything. */
const ELSEWHERE = observer({ self: { ...IDENTITY, bootId: 'f'.repeat(32), host: 'elsewhere' } });
const GONE = observer({ startTicksOf: () => undefined, runs: () => false });

test('a held lock is life, whatever process table and heartbeat say', (t) => {
  t.is(liveness(evidence({ lock: 'held', heartbeatAgeMs: 1e9 }), GONE), 'live');
});

test('a free lock is death, whatever process table and heartbeat say', (t) => {
  t.is(liveness(evidence({ lock: 'free' }), observer()), 'dead');
});

test('a lock that the writer never took says nothing', (t) => {
  const writer = evidence({ lock: 'free', header: { locked: false } });
  t.is(liveness(writer, observer()), 'live');
});

test('the lock of another machine says nothing', (t) => {
  t.is(liveness(evidence({ lock: 'free' }), ELSEWHERE), 'live');
});

test('a lock speaks across pid namespaces of one machine', (t) => {
  const outside = observer({ self: { ...IDENTITY, pidNamespace: 1, host: 'container' } });
  t.is(liveness(evidence({ lock: 'free' }), outside), 'dead');
  t.is(liveness(evidence({ lock: 'held', heartbeatAgeMs: 1e9 }), outside), 'live');
});

test('a process that is gone is dead', (t) => {
  t.is(liveness(evidence({}), GONE), 'dead');
});

test('a pid that is used again by a process that started at another time is dead', (t) => {
  t.is(liveness(evidence({}), observer({ startTicksOf: () => IDENTITY.startTicks + 1 })), 'dead');
});

test('a process that has ended and was not waited for is dead', (t) => {
  t.is(liveness(evidence({}), observer({ startTicksOf: () => Number.NaN })), 'dead');
});

test('a process that runs since the writer says is alive, however old its heartbeat', (t) => {
  t.is(liveness(evidence({ heartbeatAgeMs: 1e9 }), observer()), 'live');
});

test('where start times are unknown a pid that runs is taken for the writer', (t) => {
  const noProc = observer({ startTicksOf: () => undefined });
  t.is(liveness(evidence({}), noProc), 'live');
  t.is(liveness(evidence({ header: { startTicks: 0 } }), observer()), 'live');
  t.is(liveness(evidence({ header: { startTicks: 0 } }), observer({ runs: () => false })), 'dead');
});

test('a running process says nothing of its threads, one that is gone takes them along', (t) => {
  const stale = { heartbeatAgeMs: STALE_AFTER_MS + 1, header: { threadId: 2 } };
  t.is(liveness(evidence(stale), observer()), 'hidden');
  t.is(liveness(evidence({ header: { threadId: 2 } }), observer()), 'live');
  t.is(liveness(evidence({ header: { threadId: 2 } }), GONE), 'dead');
});

test('the process table of another pid namespace says nothing', (t) => {
  const inside = { ...GONE, self: { ...IDENTITY, pidNamespace: 1 } };
  t.is(liveness(evidence({}), inside), 'live');
});

test('the heartbeat of a writer elsewhere hides it when it is too old', (t) => {
  t.is(liveness(evidence({ heartbeatAgeMs: STALE_AFTER_MS }), ELSEWHERE), 'live');
  t.is(liveness(evidence({ heartbeatAgeMs: STALE_AFTER_MS + 1 }), ELSEWHERE), 'hidden');
  t.is(liveness(evidence({ heartbeatAgeMs: -5000 }), ELSEWHERE), 'live');
});

test('the age that hides a silent writer can be set', (t) => {
  const set = { ...ELSEWHERE, staleAfterMs: 20_000 };
  t.is(liveness(evidence({ heartbeatAgeMs: 20_000 }), set), 'live');
  t.is(liveness(evidence({ heartbeatAgeMs: 20_001 }), set), 'hidden');
});

test('a mark hides a writer, and kills none', (t) => {
  const mark = Mark.dead;
  t.is(liveness(evidence({ mark, lock: 'held' }), observer()), 'hidden');
  t.is(liveness(evidence({ mark }), observer()), 'hidden');
  t.is(liveness(evidence({ mark }), ELSEWHERE), 'hidden');
  t.is(liveness(evidence({ mark, lock: 'free' }), observer()), 'dead');
});

test('a writer elsewhere that was silent for very long is dead', (t) => {
  t.is(liveness(evidence({ heartbeatAgeMs: ABSORB_AFTER_MS }), ELSEWHERE), 'hidden');
  t.is(liveness(evidence({ heartbeatAgeMs: ABSORB_AFTER_MS + 1 }), ELSEWHERE), 'dead');
  t.true(ABSORB_AFTER_MS > STALE_AFTER_MS);
});

test('a writer elsewhere that said it ends is hidden, and dead after a moment for its last changes', (t) => {
  const state = WriterState.closed;
  t.is(liveness(evidence({ state }), ELSEWHERE), 'hidden');
  t.is(liveness(evidence({ state, heartbeatAgeMs: CLOSED_GRACE_MS }), ELSEWHERE), 'hidden');
  t.is(liveness(evidence({ state, heartbeatAgeMs: CLOSED_GRACE_MS + 1 }), ELSEWHERE), 'dead');
});

test('a writer that said it ends is hidden as long as the system says it runs', (t) => {
  const state = WriterState.closed;
  t.is(liveness(evidence({ state, lock: 'held' }), observer()), 'hidden');
  t.is(liveness(evidence({ state }), observer()), 'hidden');
  t.is(liveness(evidence({ state, lock: 'free' }), observer()), 'dead');
});

test('machines without boot ids are told apart by their host names', (t) => {
  const nameless = { bootId: '' };
  const here = observer({ self: { ...IDENTITY, ...nameless } });
  const there = observer({ self: { ...IDENTITY, ...nameless, host: 'elsewhere' } });
  t.is(liveness(evidence({ lock: 'free', header: nameless }), here), 'dead');
  t.is(liveness(evidence({ lock: 'free', header: nameless }), there), 'live');
  t.is(liveness(evidence({ lock: 'free', header: nameless }), observer()), 'live');
});

test('the observer of this process sees it run, and sees that a pid which nobody has does not', (t) => {
  const self = ownIdentity();
  const here = createObserver(self, () => 5);
  t.is(here.nowMs(), 5);
  t.true(here.runs(process.pid));
  t.false(here.runs(0x7fffffff));
  t.false(here.runs(0xffffffff));
  t.is(here.startTicksOf(process.pid), self.startTicks);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('of its own start a process asks nobody but itself', (t) => {
  const self = { ...ownIdentity(), startTicks: 5 };
  t.is(createObserver(self, () => 0).startTicksOf(process.pid), 5);
  const unknown = { ...self, startTicks: 0 };
  t.is(createObserver(unknown, () => 0).startTicksOf(process.pid), ownIdentity().startTicks);
});

test('what told whether a writer lives is said', (t) => {
  t.is(judge(evidence({ lock: 'held' }), GONE).ground, 'lock');
  t.is(judge(evidence({ lock: 'free' }), observer()).ground, 'lock');
  t.is(judge(evidence({}), observer()).ground, 'process table');
  t.is(judge(evidence({}), GONE).ground, 'process table');
  t.is(judge(evidence({}), ELSEWHERE).ground, 'heartbeat');
  t.is(judge(evidence({ heartbeatAgeMs: 2 * ABSORB_AFTER_MS }), ELSEWHERE).ground, 'heartbeat');
});
