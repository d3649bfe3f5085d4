import { isMainThread, threadId } from 'node:worker_threads';
import { SAMPLE_MS } from '../limits.js';
import type { ThreadState } from '../state.js';
import { threadShared } from '../thread-shared.js';
import { osThread, osThreadRuns } from './os-thread.js';
import { ProcessCells, type ProcessEntry } from './process-cells.js';
import { cellsAreAgreed, sharedCells } from './shared-cells.js';

/** Periods of sampling after which a speaker that says nothing has ended without a word. */
const SILENT_PERIODS = 3;

export interface SpeakerOptions {
  readonly threadId: number;
  readonly isMainThread: boolean;
  /** What the threads say; another one when they have agreed on another. */
  readonly entry: () => ProcessEntry;
  /** Whether the threads had time to agree. */
  readonly isAgreed: () => boolean;
  /** Silence after which a worker thread that spoke for the process is taken to be gone. */
  readonly silentMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** The system's number of this thread; 0 where it is not known. */
  readonly osThread: number;
  /** Whether the thread of such a number is known to run. */
  readonly osThreadRuns: (osThread: number) => boolean;
  /** CPU time of the process. */
  readonly cpuUsage: () => NodeJS.CpuUsage;
}

/**
 * Whether this thread speaks for its process: one does, of those that have default
 * metrics of one prefix. The main thread where it has any, and for as long as the process
 * lives; else the first worker thread that is asked, until it ends or falls silent.
 */
export class Speaker {
  readonly #options: SpeakerOptions;
  /** The beat of another that was seen last, and since when. */
  #seen: { speaker: number; beat: number; sinceMs: number } | undefined;
  /** CPU time that was taken for metrics of this thread, and that each has yet to count. */
  readonly #shares = new Set<NodeJS.CpuUsage>();

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /** This thread will have default metrics: threads that are asked before it leave it to the main thread. */
  announce(): void {
    if (this.#options.isMainThread) this.#takeOver(this.#options.entry());
  }

  /** Asked before each update of what is the process's. */
  speaks(): boolean {
    const entry = this.#options.entry();
    if (!this.#isSpeaker(entry)) return false;
    entry.beatOnce();
    return true;
  }

  /** The thread ends, and another may speak at once. */
  leave(): void {
    this.#options.entry().replaceSpeaker(this.#options.threadId, undefined);
  }

  /** A share in the CPU time from now on. */
  openCpuShare(): NodeJS.CpuUsage {
    this.#options.entry().beginCpu(this.#options.cpuUsage());
    if (this.#shares.size > 0 && this.speaks()) this.#takeCpu();
    const share = { user: 0, system: 0 };
    this.#shares.add(share);
    return share;
  }

  /** Microseconds since the last call for this share, of the whole process. */
  drawCpu(share: NodeJS.CpuUsage): NodeJS.CpuUsage {
    this.#takeCpu();
    const drawn = { ...share };
    share.user = 0;
    share.system = 0;
    return drawn;
  }

  #takeCpu(): void {
    const taken = this.#options.entry().takeCpu(this.#options.cpuUsage());
    for (const share of this.#shares) {
      share.user += taken.user;
      share.system += taken.system;
    }
  }

  #isSpeaker(entry: ProcessEntry): boolean {
    const { threadId: own, isMainThread: isMain, isAgreed } = this.#options;
    const speaker = entry.speaker;
    if (speaker === own) return true;
    if (isMain) return this.#takeOver(entry);
    if (!isAgreed()) return false;
    if (speaker !== undefined && !this.#isGone(entry, speaker)) return false;
    return this.#replace(entry, speaker);
  }

  #takeOver(entry: ProcessEntry): boolean {
    while (!this.#replace(entry, entry.speaker)) {
      // A worker thread was quicker: it gives way all the same.
    }
    return true;
  }

  #replace(entry: ProcessEntry, speaker: number | undefined): boolean {
    if (!entry.replaceSpeaker(speaker, this.#options.threadId)) return false;
    entry.osThread = this.#options.osThread;
    return true;
  }

  /** Whether a thread that speaks has said nothing for so long that it must have been terminated. */
  #isGone(entry: ProcessEntry, speaker: number): boolean {
    const { now, silentMs, osThreadRuns } = this.#options;
    const { beat } = entry;
    if (this.#seen?.speaker !== speaker || this.#seen.beat !== beat) {
      this.#seen = { speaker, beat, sinceMs: now() };
      return false;
    }
    // The main thread lives as long as the process: it is busy. A worker thread may block
    // until there is work; what it has said stays on the page, and must not be said twice.
    if (speaker === 0 || now() - this.#seen.sinceMs <= silentMs) return false;
    return !osThreadRuns(entry.osThread);
  }
}

/**
 * This thread's speaker for the metrics of a prefix. Without a directory every thread has
 * pages of its own, and speaks; so it does for prefixes that the cells have no room for.
 */
export function threadSpeaker(prefix: string, state: ThreadState): Speaker {
  const speakers = threadShared('speakers', () => new Map<string, Speaker>());
  const known = speakers.get(prefix);
  if (known !== undefined) return known;
  const alone = state.directory === undefined;
  const speaker = new Speaker({
    threadId,
    isMainThread: isMainThread || alone,
    entry: entryOf(prefix, alone ? undefined : sharedCells),
    isAgreed: cellsAreAgreed,
    silentMs: SILENT_PERIODS * (state.sampleMs || SAMPLE_MS),
    now: () => performance.now(),
    osThread: osThread(),
    osThreadRuns,
    cpuUsage: () => process.cpuUsage(),
  });
  speakers.set(prefix, speaker);
  return speaker;
}

function entryOf(prefix: string, shared: (() => ProcessCells) | undefined): () => ProcessEntry {
  const own = ProcessCells.create(threadId);
  const ownEntry = own.entry(prefix) as ProcessEntry;
  let cells = own;
  let entry = ownEntry;
  return () => {
    const current = shared?.() ?? own;
    if (current !== cells) {
      cells = current;
      entry = current.entry(prefix) ?? ownEntry;
    }
    return entry;
  };
}
