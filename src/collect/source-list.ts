import { DirectoryError } from '../errors.js';
import type { SkippedFile } from '../model/report.js';
import { nowMs } from '../processes/clock.js';
import type { FileSource } from '../processes/file-source.js';
import { createObserver } from '../processes/liveness.js';
import { ProcessWatch } from '../processes/process-watch.js';
import type { ThreadState } from '../state.js';
import type { Steps } from '../steps.js';
import type { Writer } from '../store/writer.js';
import { DirectoryView } from './directory-view.js';
import { memorySource } from './memory-source.js';

/** All that a collector reads: the files of its directories, and what this thread keeps in memory. */
export class SourceList {
  readonly #state: ThreadState;
  readonly #processes: ProcessWatch;
  readonly #views = new Map<string, DirectoryView>();
  /** Where this thread's values were when the last `scan` began. */
  #ownFile: Writer | undefined;
  #topology = 0;
  #sources: readonly FileSource[] = [];

  constructor(state: ThreadState) {
    this.#state = state;
    this.#processes = new ProcessWatch(createObserver(state.identity, nowMs, state.staleAfterMs));
  }

  /** As of the last `scan`. */
  get sources(): readonly FileSource[] {
    return this.#sources;
  }

  /** Another number when files, series or who lives have changed: a plan is good for one. */
  get topology(): number {
    return this.#topology;
  }

  /** Whether there is memory alone to read. */
  get isMemoryOnly(): boolean {
    return this.#views.size === 0;
  }

  /** Files that the last `scan` could not read. */
  get skipped(): readonly SkippedFile[] {
    return [...this.#views.values()].flatMap(({ skipped }) => skipped);
  }

  /** Sources that are writers. What this thread keeps in memory beside its file is none of its own. */
  get writers(): readonly FileSource[] {
    return this.#sources.filter(
      ({ reader, isArchive }) => !isArchive && (this.isMemoryOnly || reader.inode !== 0),
    );
  }

  /** Archives: what dead writers left. */
  get archives(): readonly FileSource[] {
    return this.#sources.filter(({ isArchive }) => isArchive);
  }

  /** Directories with dead writers that are not in an archive. */
  get uncompacted(): string[] {
    return [...this.#views.values()].filter(hasDead).map(({ path }) => path);
  }

  /** A directory of which what was read since the last `scan` is not the state of one moment. */
  get unstable(): string | undefined {
    // Between two steps a heartbeat may have moved this thread's values to another file, or to memory.
    if (this.#state.store.fileWriter !== this.#ownFile) return this.#state.directory;
    return [...this.#views.values()].find((view) => !view.isStable())?.path;
  }

  /** Takes note of a change of sources that no `scan` has found. */
  note(): void {
    this.#topology++;
  }

  /** Closes all files. They are opened anew at the next `scan`. */
  close(): void {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
    this.#processes.close();
    this.#topology++;
  }

  /** Brings all up to date. @throws DirectoryError when a directory cannot be read and memory holds nothing */
  *scan(directories: readonly string[]): Steps<void> {
    this.#ownFile = this.#state.store.fileWriter;
    this.#processes.beginRound();
    let changed = this.#openViews(directories);
    const sources: FileSource[] = [];
    const own = this.#ownMemory(directories);
    for (const view of this.#views.values()) {
      try {
        if (yield* this.#scanView(view)) changed = true;
        sources.push(...view.sources);
      } catch (error) {
        if (!(error instanceof DirectoryError) || own === undefined) throw error;
        if (own.update()) changed = true;
        // With all values of its own in memory the process still has something to show.
        const { directory, store } = this.#state;
        const hasFile = view.path === directory && store.fileWriter !== undefined;
        if (hasFile || own.contents.series.length === 0) throw error;
        this.#state.report(error);
      }
    }
    // What had a file before may be in memory now.
    if (own?.update()) changed = true;
    if (own !== undefined) sources.push(own);
    if (changed || sources.length !== this.#sources.length) this.#topology++;
    this.#sources = sources;
  }

  /** True when the view has changed. @throws DirectoryError */
  *#scanView(view: DirectoryView): Steps<boolean> {
    try {
      return yield* view.steps();
    } catch (error) {
      const { directory, store } = this.#state;
      const ownFile = view.path === directory ? store.fileWriter : undefined;
      if (!(error instanceof DirectoryError) || ownFile === undefined) throw error;
      // The directory went with this thread's file in it: its values are to be on this page,
      // not the next heartbeat's.
      store.beat(nowMs());
      return (yield* view.steps()) || store.fileWriter !== ownFile;
    }
  }

  #openViews(directories: readonly string[]): boolean {
    let changed = false;
    const wanted = new Set(directories);
    for (const [path, view] of this.#views) {
      if (wanted.has(path)) continue;
      view.close();
      this.#views.delete(path);
      changed = true;
    }
    for (const path of wanted) {
      if (this.#views.has(path)) continue;
      const { backend } = this.#state.backend();
      const report = (error: unknown) => this.#state.report(error);
      const { observer } = this.#processes;
      const { directory, store } = this.#state;
      const own = () => (path === directory ? store.fileWriter : undefined);
      this.#views.set(path, new DirectoryView(path, backend, observer, report, own));
      changed = true;
    }
    return changed;
  }

  /** What this thread could not write, or has no directory for, where that belongs on the page. */
  #ownMemory(directories: readonly string[]): FileSource | undefined {
    const { directory, store } = this.#state;
    if (directory !== undefined && !directories.includes(directory)) return undefined;
    if (directory === undefined && directories.length > 0) return undefined;
    return memorySource(store.memoryWriter);
  }
}

function hasDead({ writers }: DirectoryView): boolean {
  for (const { liveness } of writers) if (liveness === 'dead') return true;
  return false;
}
