import { rmSync } from 'node:fs';
import {
  BackendError,
  DirectoryError,
  errorCode,
  errorMessage,
  isBadFile,
  isOutOfDescriptors,
} from './errors.js';
import type { WriterIdentity } from './format/header.js';
import { FileKind, FLUSH_SEQUENCE_AT } from './format/layout.js';
import { MAX_BAD_FILE_WARNINGS, MAX_SERIES_PER_METRIC } from './limits.js';
import { type BackendChoice, chooseBackend } from './mapping/backend.js';
import type { WritableMapping } from './mapping/mapping.js';
import { MemoryMapping } from './mapping/memory.js';
import { BadFiles } from './processes/bad-files.js';
import { correctClock, nowMs } from './processes/clock.js';
import {
  directoryFromEnvironment,
  ensureDirectory,
  inodeAt,
  newWriterName,
} from './processes/directory.js';
import { ownIdentity } from './processes/identity.js';
import { numberFrom } from './processes/number-variable.js';
import { OwnName } from './processes/own-name.js';
import { timingFromEnvironment } from './processes/timing.js';
import { Series, StoreMetric } from './store/series.js';
import { Store } from './store/store.js';
import { Writer } from './store/writer.js';
import { threadShared } from './thread-shared.js';

/** A metric that may have a `collect` callback, which brings it up to date before this thread makes a page. */
export interface Computed {
  /** Empty where it is not known, or there is more than one. */
  readonly name: string;
  /** @internal Undefined as long as nothing is known of the metric's values. */
  readonly storeMetric: StoreMetric | undefined;
  /** @internal */
  runCollect(): unknown;
}

/** Where this thread's metrics go, and what became of that. */
export interface ThreadState {
  /** Where metrics go; undefined means plain memory of this thread. */
  readonly directory: string | undefined;
  readonly identity: WriterIdentity;
  /** Calls this thread's writer so from now on. @throws TypeError when no writer can be called so */
  rename(name: string): void;
  readonly store: Store;
  /** Silence that hides a writer of which nothing better is known. */
  readonly staleAfterMs: number;
  /** Milliseconds between two rounds that bring computed metrics up to date; 0 for none. */
  readonly sampleMs: number;
  /** Metrics that some registry shows. */
  readonly computed: Set<Computed>;
  /** The backend in use, once one was chosen. */
  backend(): BackendChoice;
  /** Series that a metric may have where it does not say itself. */
  readonly maxSeries: number;
  /** Counts that a limit was met in `prom_multiproc_errors_total{reason}` and warns of the first time. */
  note(reason: string, message: string): void;
  /** Prints a warning, each text once. */
  warn(message: string): void;
  /**
   * Counts a failure in `prom_multiproc_errors_total{reason}` and warns of the first of its
   * kind; of a bad file, once until it is another.
   */
  report(error: unknown): void;
}

const MAX_SERIES = {
  name: 'PROMETHEUS_MULTIPROC_MAX_SERIES',
  unit: 'series',
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  fallback: MAX_SERIES_PER_METRIC,
};

/** What keeps computed metrics up to date while nobody asks for a page; told whenever there is one more. */
export type Sampling = (state: ThreadState) => void;

/** Gives this thread what keeps its computed metrics up to date: the first who provides it does. */
export function provideSampling(sampling: Sampling): void {
  providedSampling().begin ??= sampling;
}

function providedSampling(): { begin?: Sampling } {
  return threadShared('sampling', () => ({}));
}

class ComputedMetrics extends Set<Computed> {
  readonly #added: () => void;

  constructor(added: () => void) {
    super();
    this.#added = added;
  }

  override add(metric: Computed): this {
    super.add(metric);
    this.#added();
    return this;
  }
}

/** This thread's state, made at the first call. Reads the environment then, and never again. */
export function threadState(): ThreadState {
  return threadShared('state', () => createState(process.env));
}

function createState(env: NodeJS.ProcessEnv): ThreadState {
  const warned = new Set<string>();
  const warn = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    process.emitWarning(message, 'PromMultiprocWarning');
  };
  const directory = directoryFromEnvironment(env, warn);
  const { heartbeatMs, staleAfterMs, sampleMs } = timingFromEnvironment(env, warn);
  const identity = ownIdentity();
  const ownName = new OwnName(env, warn);
  const forcedBackend = env.PROMETHEUS_MULTIPROC_BACKEND;
  const backend = () => chooseBackend(forcedBackend);
  const header = () => {
    return { ...identity, kind: FileKind.writer, createdMs: nowMs(), name: ownName.value };
  };
  const finalNames = new WeakMap<Writer, string>();

  const openFile = (dir: string): Writer => {
    const { backend: mapper } = backend();
    ensureDirectory(dir);
    const name = newWriterName(dir, identity.pid, identity.threadId);
    const mapping = mapper.create(name.temporary, {
      flushSequenceAt: FLUSH_SEQUENCE_AT,
      onFlushError: (error) => report(error),
    });
    try {
      const writer = new Writer(mapping, header());
      finalNames.set(writer, name.final);
      return writer;
    } catch (error) {
      discard(mapping);
      throw error;
    }
  };

  const store = new Store({
    openFile: directory === undefined ? undefined : () => openFile(directory),
    publish: (writer, inPlaceOf) =>
      writer.mapping.rename(inPlaceOf?.mapping.path ?? (finalNames.get(writer) as string)),
    discard: (writer) => discard(writer.mapping),
    openMemory: () => new Writer(new MemoryMapping(), header()),
    isPresent: ({ mapping }) => inodeAt(mapping.path) === mapping.inode,
    onError: (error) => report(error, ' Metrics are counted in memory until that is mended.'),
  });
  const errors = new ErrorCounter(store);
  const badFiles = new BadFiles();
  let badFilesMet = 0;

  function report(error: unknown, consequence = ''): void {
    // A backend that was forced and cannot work is the user's to know at once.
    if (error instanceof BackendError) throw error;
    if (isBadFile(error)) {
      // Met by every collector and compaction until somebody removes it.
      if (!badFiles.isNews(error.path)) return;
      errors.count(errorCode(error));
      if (++badFilesMet <= MAX_BAD_FILE_WARNINGS) warn(`${error.message}.`);
      return;
    }
    const ofDirectory = error instanceof DirectoryError && !isOutOfDescriptors(error);
    const reason = ofDirectory ? 'directory' : errorCode(error);
    const message = errorMessage(error);
    if (errors.count(reason)) warn(`${message}.${consequence}`);
  }

  if (directory !== undefined) {
    setInterval(() => {
      correctClock();
      try {
        store.beat(nowMs());
      } catch (error) {
        // Whoever made the first metric was told, and may have chosen to go on without.
        if (!(error instanceof BackendError)) throw error;
      }
    }, heartbeatMs).unref();
    process.on('exit', () => store.end());
  }

  const state: ThreadState = {
    directory,
    identity,
    rename(name) {
      ownName.set(name);
      store.remake(nowMs());
    },
    maxSeries: numberFrom(env, MAX_SERIES, warn),
    note(reason, message) {
      if (errors.count(reason)) warn(message);
    },
    store,
    staleAfterMs,
    sampleMs,
    computed: new ComputedMetrics(() => providedSampling().begin?.(state)),
    backend,
    warn,
    report,
  };
  return state;
}

/** Leaves a file that no reader has seen. */
function discard(mapping: WritableMapping): void {
  mapping.close();
  rmSync(mapping.path, { force: true });
}

/** The counter of failures, by `reason`. */
export const ERRORS_TOTAL = 'prom_multiproc_errors_total';

/** `prom_multiproc_errors_total{reason}`, kept in the store like any counter. */
class ErrorCounter {
  readonly #store: Store;
  readonly #byReason = new Map<string, Series>();
  readonly #metric = new StoreMetric({
    name: ERRORS_TOTAL,
    help: 'Failures that cost metrics a write or a page a file, by reason.',
    type: 'counter',
    mode: 'livesum',
    labelNames: ['reason'],
    buckets: [],
  });

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds one, and tells whether it is the first of this reason. */
  count(reason: string): boolean {
    let series = this.#byReason.get(reason);
    const first = series === undefined;
    if (series === undefined) {
      series = new Series(this.#metric, [reason]);
      // In the map before the store is touched: what fails there is counted here in turn.
      this.#byReason.set(reason, series);
      if (this.#metric.registrations === 0) this.#store.attach(this.#metric);
      this.#store.open(series);
    }
    if (series.index >= 0) {
      series.values[series.index] = (series.values[series.index] as number) + 1;
      series.dirty?.mark(series.index, series.index);
    }
    return first;
  }
}
