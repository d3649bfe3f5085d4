import type { FileHeader, WriterIdentity } from '../format/header.js';
import { Mark, WriterState } from '../format/layout.js';
import { ABSORB_AFTER_MS, CLOSED_GRACE_MS, STALE_AFTER_MS } from '../limits.js';
import type { LockState } from '../mapping/mapping.js';
import { seesOwnProc, startTicksOf } from './identity.js';

/** What is looked at to tell whether a writer lives. */
export interface LivenessEvidence {
  readonly header: FileHeader;
  readonly state: number;
  readonly mark: number;
  readonly heartbeatMs: number;
  probeLock(): LockState;
}

/** What is known of the machine that asks. Injected where tests need another. */
export interface Observer {
  readonly self: WriterIdentity;
  /** Silence that hides a writer of which nothing better is known; `STALE_AFTER_MS` where not given. */
  readonly staleAfterMs?: number;
  nowMs(): number;
  /** Start of a running process of this namespace, or undefined. */
  startTicksOf(pid: number): number | undefined;
  /** Whether a process of this namespace runs, where there is no start time to be had. */
  runs(pid: number): boolean;
  /**
   * Gives back the descriptors that are kept to answer sooner, since others are in need of
   * them; true where there were some.
   */
  giveBack?(): boolean;
}

/**
 * - `live`: counts in every gauge mode
 * - `hidden`: takes no part in live modes, but may still write: it is never absorbed
 * - `dead`: nothing will be written any more
 */
export type Liveness = 'live' | 'hidden' | 'dead';

/** By what it was decided whether a writer lives. */
export type Ground = 'lock' | 'process table' | 'heartbeat';

export interface Judgement {
  readonly liveness: Liveness;
  readonly ground: Ground;
}

/**
 * Decides by the first of these that can tell: the kernel's lock on the file, the
 * process table, the heartbeat's age. The writer's own word that it ends, and somebody's
 * mark, take it out of live modes at once; they are final only where nothing speaks
 * against them, so marking a process that still holds its lock hides its live gauges
 * and no more.
 */
export function judge(evidence: LivenessEvidence, observer: Observer): Judgement {
  const closed = evidence.state === WriterState.closed;
  const shown = closed || evidence.mark === Mark.dead ? 'hidden' : 'live';
  const lock = lockSays(evidence, observer);
  if (lock !== undefined) return { liveness: lock === 'dead' ? lock : shown, ground: 'lock' };
  const fact = processTableSays(evidence.header, observer);
  if (fact !== undefined) {
    return { liveness: fact === 'dead' ? fact : shown, ground: 'process table' };
  }
  const silentMs = observer.nowMs() - evidence.heartbeatMs;
  const ground = 'heartbeat';
  if (silentMs > (closed ? CLOSED_GRACE_MS : ABSORB_AFTER_MS)) return { liveness: 'dead', ground };
  const hidden = silentMs > (observer.staleAfterMs ?? STALE_AFTER_MS);
  return { liveness: hidden ? 'hidden' : shown, ground };
}

/** A lock speaks only between processes of one kernel, and only if it was taken. */
function lockSays(evidence: LivenessEvidence, observer: Observer): 'live' | 'dead' | undefined {
  if (!evidence.header.locked || !sameKernel(evidence.header, observer.self)) return undefined;
  const lock = evidence.probeLock();
  if (lock === 'unknown') return undefined;
  return lock === 'held' ? 'live' : 'dead';
}

/** Whether a file's lock, found like this, says that its writer is dead. */
export function isDeadByLock(header: FileHeader, lock: LockState, observer: Observer): boolean {
  return lock === 'free' && header.locked && sameKernel(header, observer.self);
}

/** A process that runs says nothing of a thread of it, a process that is gone does. */
function processTableSays(header: FileHeader, observer: Observer): 'live' | 'dead' | undefined {
  if (!sameKernel(header, observer.self)) return undefined;
  if (header.pidNamespace !== observer.self.pidNamespace) return undefined;
  const running = header.threadId === 0 ? 'live' : undefined;
  const ticks = observer.startTicksOf(header.pid);
  if (ticks === undefined || header.startTicks === 0) {
    return observer.runs(header.pid) ? running : 'dead';
  }
  return ticks === header.startTicks ? running : 'dead';
}

/** Whether a process that wrote this, in the pid namespace of the observer, runs no longer. */
export function hasEnded(header: FileHeader, observer: Observer): boolean {
  return processTableSays(header, observer) === 'dead';
}

function sameKernel(a: WriterIdentity, b: WriterIdentity): boolean {
  if (a.bootId !== '' || b.bootId !== '') return a.bootId === b.bootId;
  return a.host === b.host;
}

/** What tells when a process of this namespace started. Of its own start a process knows, and that it runs. */
function startTicksSeenBy({ pid: own, startTicks }: WriterIdentity): Observer['startTicksOf'] {
  if (!seesOwnProc()) return () => undefined;
  return (pid) => (pid === own && startTicks !== 0 ? startTicks : startTicksOf(pid));
}

/** The observer of this thread. */
export function createObserver(
  self: WriterIdentity,
  nowMs: () => number,
  staleAfterMs = STALE_AFTER_MS,
): Observer {
  return {
    self,
    staleAfterMs,
    nowMs,
    startTicksOf: startTicksSeenBy(self),
    runs(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        // EPERM: it runs, as somebody else.
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
  };
}
