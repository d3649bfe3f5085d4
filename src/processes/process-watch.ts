import { openSync, readSync } from 'node:fs';
import { MAX_WATCHED_PROCESSES } from '../limits.js';
import { closeOnce } from '../mapping/descriptor.js';
import type { Observer } from './liveness.js';

/** A process of which it is known when it started. */
interface Watched {
  readonly ticks: number;
  /** Of its `/proc/<pid>/statm`. */
  readonly fd: number;
  readonly close: () => void;
  /** The last round in which it was asked for. */
  round: number;
}

const DIGIT_ONE = 0x31;
const DIGIT_NINE = 0x39;
const first = new Uint8Array(1);

/**
 * Makes an observer of the same processes again and again, which says what another one does
 * at a tenth of the cost: it keeps a descriptor of `/proc/<pid>/statm` for each. The kernel
 * binds that to one process and to no later one of its pid: reading it fails once the
 * process is gone, and gives zeros once it has ended, as its memory has. Source: proc(5),
 * and `fs/proc/array.c` of Linux.
 *
 * A start that was looked up by pid after the descriptor was opened, and a descriptor that
 * tells of a process which runs now, are of one process: it ran at both moments, so nobody
 * else had its pid in between. Whatever else reading gives decides nothing; then, and where
 * there is no descriptor to be had, the other observer is asked.
 */
export class ProcessWatch {
  readonly observer: Observer;
  readonly #by: Observer;
  readonly #watched = new Map<number, Watched>();
  #round = 0;
  /** Whether descriptors ran out in this round. */
  #paused = false;

  constructor(by: Observer) {
    this.#by = by;
    this.observer = {
      ...by,
      startTicksOf: (pid) => this.#startTicksOf(pid),
      giveBack: () => this.#giveBack(),
    };
  }

  /** Lets go of processes that were not asked for since it was last called. */
  beginRound(): void {
    for (const [pid, known] of this.#watched) {
      if (known.round !== this.#round) this.#drop(pid, known);
    }
    this.#round++;
    this.#paused = false;
  }

  /** Gives all descriptors back. They are opened anew when processes are asked for again. */
  close(): void {
    for (const [pid, known] of this.#watched) this.#drop(pid, known);
  }

  #startTicksOf(pid: number): number | undefined {
    const known = this.#watched.get(pid);
    if (known !== undefined) {
      known.round = this.#round;
      if (hasMemory(known.fd)) return known.ticks;
      // Before the other observer, who may need its descriptor.
      this.#drop(pid, known);
    }
    const ticks = this.#by.startTicksOf(pid);
    // This process runs whenever it asks.
    if (pid !== this.#by.self.pid && Number.isFinite(ticks)) this.#watch(pid, ticks as number);
    return ticks;
  }

  #giveBack(): boolean {
    const had = this.#watched.size > 0;
    this.close();
    this.#paused = true;
    return had;
  }

  #watch(pid: number, ticks: number): void {
    if (this.#paused || this.#watched.size >= MAX_WATCHED_PROCESSES) return;
    const fd = this.#open(pid);
    if (fd === undefined) return;
    const close = closeOnce(fd);
    const known = { ticks, fd, close, round: this.#round };
    // Another process may have got the pid before the descriptor was opened.
    if (this.#by.startTicksOf(pid) === ticks) this.#watched.set(pid, known);
    else close();
  }

  #open(pid: number): number | undefined {
    try {
      return openSync(`/proc/${pid}/statm`, 'r');
    } catch {
      // Ended since, or no descriptor is left: then none for others either.
      this.#paused = true;
      return undefined;
    }
  }

  #drop(pid: number, { close }: Watched): void {
    this.#watched.delete(pid);
    close();
  }
}

/** Whether the process that a descriptor of a `statm` is bound to runs: its size is not 0 then. */
function hasMemory(fd: number): boolean {
  try {
    if (readSync(fd, first, 0, 1, 0) !== 1) return false;
  } catch {
    // ESRCH: it is gone.
    return false;
  }
  const digit = first[0] as number;
  return digit >= DIGIT_ONE && digit <= DIGIT_NINE;
}
