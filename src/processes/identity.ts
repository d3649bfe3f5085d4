import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { keptHost, type WriterIdentity } from '../format/header.js';

/** Fields of `/proc/<pid>/stat`; counted after the command, which may hold spaces and brackets. */
const STATE_FIELD = 3;
const START_TIME_FIELD = 22;
const FIELDS_BEFORE_COMMAND_END = 2;
/** Ended, and not yet waited for by its parent: a zombie, or one that is just going. */
const ENDED_STATES: ReadonlySet<string | undefined> = new Set(['Z', 'X', 'x']);

/** Who this thread is. Everything that the platform does not tell is 0 or empty. */
export function ownIdentity(): WriterIdentity {
  return {
    pid: process.pid,
    threadId,
    startTicks: startTicksOf('self') ?? 0,
    bootId: bootId(),
    pidNamespace: pidNamespace(),
    host: keptHost(hostname()),
  };
}

/** What a thread is called by its numbers: `<pid>`, and of a worker thread `<pid>-<thread>`. */
export function threadLabel({ pid, threadId }: Pick<WriterIdentity, 'pid' | 'threadId'>): string {
  return threadId === 0 ? String(pid) : `${pid}-${threadId}`;
}

/**
 * Clock ticks from boot to the start of a process of the pid namespace that `/proc`
 * shows; undefined where there is no such process or no `/proc`, NaN, which equals no start, where it
 * has ended and only its parent does not know yet. Source: proc(5), `/proc/pid/stat`.
 */
export function startTicksOf(pid: number | 'self'): number | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => fields[number - FIELDS_BEFORE_COMMAND_END - 1];
  if (ENDED_STATES.has(field(STATE_FIELD))) return Number.NaN;
  const ticks = Number(field(START_TIME_FIELD));
  return Number.isFinite(ticks) ? ticks : undefined;
}

/**
 * Whether `/proc` speaks of the processes that this one sees. A sandbox may have a pid
 * namespace of its own and the `/proc` of the one outside, where a pid is another process.
 * Source: proc(5), `/proc/pid/status`.
 */
export function seesOwnProc(): boolean {
  const status = readText('/proc/self/status') ?? '';
  // Of several numbers the later ones are those in namespaces inside the one that is shown.
  return status.includes(`\nPid:\t${process.pid}\n`) && !/^NSpid:\t\d+\t/m.test(status);
}

function bootId(): string {
  const text = readText('/proc/sys/kernel/random/boot_id');
  return text === undefined ? '' : text.trim().replaceAll('-', '');
}

function pidNamespace(): number {
  try {
    return Number(/\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/pid'))?.[1] ?? 0);
  } catch {
    // No /proc, or no namespaces: 0 says "unknown".
    return 0;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process, or /proc itself, does not exist: that is the answer.
    return undefined;
  }
}
