/**
 * Memory that the threads of a process share, so that what is the process's and not a
 * thread's is counted once.
 *
 *     buffer   | creator i32 | unused i32 | entry 0 | entry 1 | ...
 *     entry    | key i32 | speaker i32 | beat i32 | OS thread i32 | user i64 | system i64 |
 *
 * An entry is for one prefix of metric names. `speaker` is the number of the thread that
 * speaks for the process plus one, or 0; `beat` changes whenever it does; `OS thread` is
 * the system's number of it, or 0 where that is not known. `user` and
 * `system` are the microseconds of the process's CPU time up to which it is counted, or 0
 * before the first. Bump the number of `CELLS_KEY` when the layout changes.
 */
export const CELLS_KEY = 'prom-multiproc/process/2';

/** Prefixes that a process may use; threads do not agree on who speaks for further ones. */
const MAX_ENTRIES = 64;
const INT = Int32Array.BYTES_PER_ELEMENT;
const LONG = BigInt64Array.BYTES_PER_ELEMENT;

const CREATOR_AT = 0;
const HEADER_BYTES = 2 * INT;
const KEY_AT = 0;
const SPEAKER_AT = KEY_AT + INT;
const BEAT_AT = SPEAKER_AT + INT;
const OS_THREAD_AT = BEAT_AT + INT;
const USER_AT = OS_THREAD_AT + INT;
const SYSTEM_AT = USER_AT + LONG;
const ENTRY_BYTES = SYSTEM_AT + LONG;
const BUFFER_BYTES = HEADER_BYTES + MAX_ENTRIES * ENTRY_BYTES;

const NO_SPEAKER = 0;

export class ProcessCells {
  readonly buffer: SharedArrayBuffer;
  readonly #ints: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#ints = new Int32Array(buffer);
  }

  static create(threadId: number): ProcessCells {
    const cells = new ProcessCells(new SharedArrayBuffer(BUFFER_BYTES));
    cells.#ints[CREATOR_AT / INT] = threadId;
    return cells;
  }

  /** The thread that made them: of two the cells of the lower one serve the process. */
  get creator(): number {
    return this.#ints[CREATOR_AT / INT] as number;
  }

  /** The entry of a prefix, made where there is none; undefined where there is no room. */
  entry(prefix: string): ProcessEntry | undefined {
    const key = hashOf(prefix);
    for (let i = 0; i < MAX_ENTRIES; i++) {
      const begin = HEADER_BYTES + i * ENTRY_BYTES;
      const at = (begin + KEY_AT) / INT;
      const found = Atomics.load(this.#ints, at) || Atomics.compareExchange(this.#ints, at, 0, key);
      if (found === 0 || found === key) return new ProcessEntry(this.buffer, begin);
    }
    return undefined;
  }
}

/** What the threads say of one prefix. Any thread may call anything. */
export class ProcessEntry {
  readonly #ints: Int32Array;
  readonly #longs: BigInt64Array;

  constructor(buffer: SharedArrayBuffer, begin: number) {
    const count = ENTRY_BYTES / INT;
    this.#ints = new Int32Array(buffer, begin, count);
    this.#longs = new BigInt64Array(buffer, begin, ENTRY_BYTES / LONG);
  }

  /** The thread that speaks for the process, where there is one. */
  get speaker(): number | undefined {
    const found = Atomics.load(this.#ints, SPEAKER_AT / INT);
    return found === NO_SPEAKER ? undefined : found - 1;
  }

  /** Puts a thread, or nobody, in the place of another or of nobody; false where somebody else has it by now. */
  replaceSpeaker(from: number | undefined, to: number | undefined): boolean {
    const expected = wordOf(from);
    return Atomics.compareExchange(this.#ints, SPEAKER_AT / INT, expected, wordOf(to)) === expected;
  }

  get beat(): number {
    return Atomics.load(this.#ints, BEAT_AT / INT);
  }

  /** The system's number of the thread that became the speaker last; set a moment after that. */
  get osThread(): number {
    return Atomics.load(this.#ints, OS_THREAD_AT / INT);
  }

  set osThread(id: number) {
    Atomics.store(this.#ints, OS_THREAD_AT / INT, id);
  }

  /** The speaker says that it runs. */
  beatOnce(): void {
    Atomics.add(this.#ints, BEAT_AT / INT, 1);
  }

  /** Counting begins at this CPU time, unless it has begun: what was before is nobody's. */
  beginCpu({ user, system }: NodeJS.CpuUsage): void {
    Atomics.compareExchange(this.#longs, USER_AT / LONG, 0n, BigInt(user));
    Atomics.compareExchange(this.#longs, SYSTEM_AT / LONG, 0n, BigInt(system));
  }

  /** Microseconds of CPU time that no thread has counted yet: the caller counts them. */
  takeCpu({ user, system }: NodeJS.CpuUsage): NodeJS.CpuUsage {
    return {
      user: this.#advance(USER_AT / LONG, BigInt(user)),
      system: this.#advance(SYSTEM_AT / LONG, BigInt(system)),
    };
  }

  /** Moves a cell forward to `to`, and gives by how much; time that two threads see is given to one. */
  #advance(at: number, to: bigint): number {
    for (;;) {
      const from = Atomics.load(this.#longs, at);
      if (to <= from) return 0;
      if (Atomics.compareExchange(this.#longs, at, from, to) === from) return Number(to - from);
    }
  }
}

function wordOf(threadId: number | undefined): number {
  return threadId === undefined ? NO_SPEAKER : threadId + 1;
}

/** FNV-1a over UTF-16 units as an i32, and never 0, which says that an entry is free. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash === 0 ? 1 : hash;
}
