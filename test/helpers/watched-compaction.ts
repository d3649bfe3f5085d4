import { copyFileSync, linkSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { DIRECTORY_REST_MS } from '../../src/limits.js';
import type { ReadableMapping } from '../../src/mapping/mapping.js';
import { slotsPerSeries } from '../../src/model/metric.js';
import type { Writer } from '../../src/store/writer.js';
import { CompactionScene, observerLater } from './compaction-scene.js';
import { withFailingCall } from './failing-calls.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';
import { descriptor, newHolder, setSlot } from './writers.js';

/** What compactions that are watched begin with, besides dead writers and a live one. */
export const BEGINNINGS: Readonly<Record<string, (scene: CompactionScene) => Promise<void>>> = {
  'with no archive': async () => {},
  'with an archive': async (scene) => {
    scene.addDead(fillWithLittle);
    await scene.compact();
  },
  'with files that the archive names': async (scene) => {
    for (let i = 0; i < 2; i++) scene.addDead(fillWithLittle);
    await withFailingCall(
      'unlinkSync',
      'EPERM',
      () => true,
      () => scene.compact(),
    );
    const told = scene.errors.splice(0);
    if (told.length !== 2) throw new Error(`two files were to stay: ${told}`);
  },
};

const LITTLE = [
  descriptor({ name: 'c_total', labelNames: ['l'] }),
  descriptor({ name: 'h', type: 'histogram', buckets: [1, 2] }),
  descriptor({ name: 'recent', type: 'gauge', mode: 'mostrecent' }),
  descriptor({ name: 'all', type: 'gauge', mode: 'all' }),
  descriptor({ name: 'live', type: 'gauge', mode: 'livesum' }),
];

/** Of every way to merge one metric, for tests that look at every word; every writer's values are its own. */
export function fillWithLittle(writer: Writer, seed: number): void {
  for (const metric of LITTLE) {
    const id = writer.defineMetric(metric);
    const block = [10 ** seed, seed, 1, 2].slice(0, slotsPerSeries(metric));
    for (const label of metric.labelNames.length > 0 ? ['shared', `own ${seed}`] : [undefined]) {
      const labels = label === undefined ? [] : [label];
      writer.addSeries(id, labels, block.length, newHolder(), block);
    }
  }
}

/** A live writer that goes on counting `ticks_total` while others compact. */
export function addCounting(scene: CompactionScene): {
  readonly name: string;
  count(): number;
} {
  const holder = newHolder();
  let counted = 0;
  const { writer, name } = scene.addLive((made, seed) => {
    fillWithLittle(made, seed);
    made.addSeries(made.defineMetric(descriptor({ name: 'ticks_total' })), [], 1, holder);
  });
  return {
    name,
    count() {
      counted++;
      setSlot(holder, counted);
      writer.mapping.flush();
      return counted;
    },
  };
}

/** What of a page no counting changes. */
export function withoutTicks(page: string): string {
  return page.replace(/^ticks_total .+$/m, 'ticks_total');
}

/** The directory as a crash would leave it; the file that the live writer has open stays the same file. */
export function copyOf(t: Teardown, scene: CompactionScene, live: string): CompactionScene {
  const directory = temporaryDirectory(t);
  for (const name of scene.files()) {
    if (name === '.compact.lock') continue;
    const copy = name === live ? linkSync : copyFileSync;
    copy(join(scene.directory, name), join(directory, name));
  }
  return new CompactionScene(t, scene.backend.name, directory);
}

/** Scans until the view lists the directory no more as long as no name comes or goes. */
export function bringToRest(view: DirectoryView): void {
  view.scan();
  const { now } = performance;
  performance.now = () => now.call(performance) + DIRECTORY_REST_MS;
  try {
    view.scan();
  } finally {
    performance.now = now;
  }
}

/** A view that calls `look` before it opens a file, looks at a lock, or asks after a process. */
export function interruptedView(scene: CompactionScene, look: () => void): DirectoryView {
  const { backend, directory } = scene;
  const observer = observerLater(0);
  return new DirectoryView(
    directory,
    {
      ...backend,
      open(path, flushSequenceAt) {
        look();
        return withLook(backend.open(path, flushSequenceAt), look);
      },
    },
    {
      ...observer,
      startTicksOf(pid) {
        look();
        return observer.startTicksOf(pid);
      },
    },
    (error) => scene.errors.push(error),
  );
}

function withLook(mapping: ReadableMapping, look: () => void): ReadableMapping {
  return new Proxy(mapping, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name === 'probeLock') look();
      return member.bind(target);
    },
  });
}
