import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { FORMATS } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import type { FileHeader } from '../../src/format/header.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { planMerge } from '../../src/merge/plan.js';
import { nowMs } from '../../src/processes/clock.js';
import { type CompactionResult, compactDirectory } from '../../src/processes/compaction.js';
import { newWriterName } from '../../src/processes/directory.js';
import { ownIdentity } from '../../src/processes/identity.js';
import { createObserver, type Observer } from '../../src/processes/liveness.js';
import type { Writer } from '../../src/store/writer.js';
import { type FileBackendName, loadBackend } from './backends.js';
import { fillWithEverything } from './everything.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';
import { fileWriter } from './writers.js';

/** Above every pid that Linux and macOS give: no such process runs. */
const FIRST_DEAD_PID = 2 ** 22 + 1;

/** Writes a writer's metrics; `seed` makes its values its own. */
export type Fill = (writer: Writer, seed: number) => void;

export interface SceneWriter {
  readonly writer: Writer;
  readonly path: string;
  readonly name: string;
}

/** A directory, writers' files of this kernel in it that are live or dead, and compactions. */
export class CompactionScene {
  readonly directory: string;
  readonly backend: Backend;
  /** What compactions and pages told of. */
  readonly errors: unknown[] = [];
  readonly #t: Teardown;
  #made = 0;

  constructor(t: Teardown, backend: FileBackendName, directory = temporaryDirectory(t)) {
    this.directory = directory;
    this.backend = loadBackend(backend);
    this.#t = t;
  }

  /** Leaves the file of a writer that has ended. */
  addDead(fill: Fill = fillWithEverything, identity: Partial<FileHeader> = {}): SceneWriter {
    const made = this.#add(fill, { pid: FIRST_DEAD_PID + this.#made, startTicks: 1, ...identity });
    made.writer.mapping.close();
    return made;
  }

  /** Adds the file of a writer that lives: in this process. */
  addLive(fill: Fill = fillWithEverything): SceneWriter {
    const made = this.#add(fill, {});
    this.#t.teardown(() => made.writer.mapping.close());
    return made;
  }

  compact({ laterMs = 0, ...other }: CompactOptions = {}): Promise<CompactionResult | undefined> {
    return compactDirectory(this.directory, {
      backend: other.backend ?? this.backend,
      observer: other.observer ?? observerLater(laterMs),
      onError: (error) => this.errors.push(error),
    });
  }

  /** A view that stays open until the test is over, of a reader whose clock is so much ahead. */
  open(laterMs = 0): OpenPage {
    const report = (error: unknown) => this.errors.push(error);
    const view = new DirectoryView(this.directory, this.backend, observerLater(laterMs), report);
    this.#t.teardown(() => view.close());
    return new OpenPage(view);
  }

  /** The page of somebody who comes now, or is so much ahead. */
  page(laterMs = 0): string {
    const open = this.open(laterMs);
    try {
      return open.page();
    } finally {
      open.view.close();
    }
  }

  /** Names in the directory, sorted. */
  files(): string[] {
    return readdirSync(this.directory).sort();
  }

  #add(fill: Fill, identity: Partial<FileHeader>): SceneWriter {
    const seed = ++this.#made;
    const header = { ...ownIdentity(), createdMs: nowMs(), ...identity };
    const name = newWriterName(this.directory, header.pid, header.threadId);
    const writer = fileWriter(this.backend, name.temporary, header);
    fill(writer, seed);
    writer.mapping.flush();
    writer.mapping.rename(name.final);
    return { writer, path: name.final, name: basename(name.final) };
  }
}

export interface CompactOptions {
  /** By how much the compactor's clock is ahead. */
  readonly laterMs?: number;
  readonly observer?: Observer;
  readonly backend?: Backend;
}

/** This thread's observer, with a clock that is ahead. */
export function observerLater(laterMs: number): Observer {
  return createObserver(ownIdentity(), () => nowMs() + laterMs);
}

/** A page as a collector makes it, of files that stay open. */
export class OpenPage {
  readonly view: DirectoryView;
  readonly #renderer = new PageRenderer(FORMATS.text);

  constructor(view: DirectoryView) {
    this.view = view;
  }

  page(): string {
    const page = this.read();
    if (!this.view.isStable()) throw new Error('files moved, and nobody moved them');
    return page;
  }

  /** What `page` gives, also when files moved meanwhile. */
  read(): string {
    this.view.scan();
    const plan = planMerge(this.view.sources);
    plan.run();
    return this.#renderer.render(plan.families).toString();
  }
}
