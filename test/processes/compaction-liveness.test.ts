// Who is folded into the archive, and what becomes of those that only slept.

import { existsSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { FileKind } from '../../src/format/layout.js';
import {
  ABSORB_AFTER_MS,
  ARCHIVED_ALL_MAX_AGE_MS,
  MAX_ARCHIVED_ALL_SERIES,
} from '../../src/limits.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { nowMs } from '../../src/processes/clock.js';
import { ARCHIVE_NAME, newWriterName } from '../../src/processes/directory.js';
import { ownIdentity } from '../../src/processes/identity.js';
import { markFiles } from '../../src/processes/mark.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { Store } from '../../src/store/store.js';
import { Writer } from '../../src/store/writer.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene, observerLater } from '../helpers/compaction-scene.js';
import { withFailingCall } from '../helpers/failing-calls.js';
import { openScene } from '../helpers/scene.js';
import type { Teardown } from '../helpers/temporary-directory.js';
import { CREATE_OPTIONS, descriptor, newHolder, setSlot } from '../helpers/writers.js';

const DAY_MS = 24 * 60 * 60_000;
/** A host whose processes and locks cannot be asked here. */
const ELSEWHERE = { bootId: 'ffffffffffffffffffffffffffffffff', host: 'elsewhere' };

for (const backend of expectedBackends()) {
  test.serial(`${backend}: of real processes only those that ended are folded`, async (t) => {
    const { dir, start } = openScene(t, backend);
    const [live, marked, killed] = [start(), start(), start()];
    for (const writer of [live, marked, killed]) {
      await writer.make('Counter', { name: 'c_total' });
      await writer.call('c_total', 'inc', 2);
      await writer.make('Gauge', { name: 'g' });
      await writer.call('g', 'set', 5);
    }
    const scene = new CompactionScene(t, backend, dir);
    const before = scene.files();
    markFiles(dir, marked.pid, ownIdentity(), (error) => t.fail(String(error)));
    t.deepEqual(await scene.compact(), { absorbed: 0, left: 0 });
    t.deepEqual(scene.files(), before);
    t.regex(scene.page(), /^c_total 6$/m);
    t.regex(scene.page(), /^g 10$/m);
    await killed.kill();
    t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
    const gone = before.filter((name) => name.startsWith(`${killed.pid}-`));
    t.deepEqual(
      scene.files(),
      [...before.filter((name) => !gone.includes(name)), ARCHIVE_NAME].sort(),
    );
    await marked.call('c_total', 'inc', 10);
    t.regex(scene.page(), /^c_total 16$/m);
    t.regex(scene.page(), /^g 5$/m);
    t.deepEqual(scene.errors, []);
  });

  // Two processes of one pid that start in one clock tick, of 10 ms, cannot be told apart
  // by the process table. A writer that is there and gone again within the tick that its
  // process began in would be needed: Node.js takes longer to start.
  test(`${backend}: a dead writer with pid and start of one that runs counts once, and is folded after it`, async (t) => {
    const locks = backend === 'mmap';
    const scene = new CompactionScene(t, backend);
    const page = () => scene.page().match(/^(requests_total|queue) .+$/gm);
    const fill = (writer: Writer) => {
      writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [3]);
      const queue = descriptor({ name: 'queue', type: 'gauge', mode: 'livesum' });
      writer.addSeries(writer.defineMetric(queue), [], 1, newHolder(), [4]);
    };
    const dead = scene.addDead(fill, ownIdentity());
    const live = scene.addLive(fill);
    const shown = [`queue ${locks ? 4 : 8}`, 'requests_total 6'];
    t.deepEqual(page(), shown);
    t.deepEqual(await scene.compact(), { absorbed: locks ? 1 : 0, left: 0 });
    t.deepEqual(scene.files(), [locks ? ARCHIVE_NAME : dead.name, live.name].sort());
    t.deepEqual(page(), shown);

    live.writer.mapping.close();
    const observer = { ...observerLater(0), startTicksOf: () => undefined, runs: () => false };
    t.deepEqual(await scene.compact({ observer }), { absorbed: locks ? 1 : 2, left: 0 });
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
    t.deepEqual(page(), ['requests_total 6']);
    t.deepEqual(scene.errors, []);
  });

  test(`${backend}: a silent writer of another host is folded after the long limit`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const silent = scene.addDead(undefined, ELSEWHERE);
    const laterMs = ABSORB_AFTER_MS - DAY_MS / 24;
    t.deepEqual(await scene.compact({ laterMs }), { absorbed: 0, left: 0 });
    t.deepEqual(scene.files(), [silent.name]);
    t.deepEqual(await scene.compact({ laterMs: ABSORB_AFTER_MS + DAY_MS / 24 }), {
      absorbed: 1,
      left: 0,
    });
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
  });

  test(`${backend}: a writer that was folded while it slept begins anew, gauges as they were`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const { store, count, gauge } = sleeper(t, scene);
    await scene.compact({ laterMs: 2 * ABSORB_AFTER_MS });
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
    t.regex(scene.page(), /^requests_total 3$/m);

    store.beat(nowMs());
    t.is(scene.files().length, 2);
    t.regex(scene.page(), /^requests_total 3$/m);
    t.regex(scene.page(), /^queue 4$/m);
    setSlot(count, 1);
    setSlot(gauge, 5);
    store.flush();
    t.regex(scene.page(), /^requests_total 4$/m);
    t.regex(scene.page(), /^queue 5$/m);
  });

  test.serial(`${backend}: so does one whose file was removed a compaction later`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const { store, count } = sleeper(t, scene);
    await withFailingCall(
      'unlinkSync',
      'EPERM',
      () => true,
      () => scene.compact({ laterMs: 2 * ABSORB_AFTER_MS }),
    );
    t.is(scene.files().length, 2);
    store.beat(nowMs());
    t.regex(scene.page(), /^requests_total 3$/m);
    await scene.compact();
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
    store.beat(nowMs());
    t.regex(scene.page(), /^requests_total 3$/m);
    setSlot(count, 1);
    store.flush();
    t.regex(scene.page(), /^requests_total 4$/m);
  });
}

test('of gauges of mode `all` the last to end stay, up to the limit', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const early = 40;
  scene.addDead(allSeries('early', early), { createdMs: nowMs() - DAY_MS });
  scene.addDead(allSeries('late', MAX_ARCHIVED_ALL_SERIES - early + 1));
  await scene.compact();
  const shown = scene.page().match(/^g\{l="(early|late)/gm) ?? [];
  t.is(shown.length, MAX_ARCHIVED_ALL_SERIES);
  t.is(shown.filter((line) => line.includes('early')).length, early - 1);
});

test('of gauges of mode `all` what ended too long ago is left out', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const margin = DAY_MS / 24;
  const count = (name: string) => scene.page().match(new RegExp(`^g\\{l="${name}`, 'gm'))?.length;
  scene.addDead(allSeries('old', 1), { createdMs: nowMs() - ARCHIVED_ALL_MAX_AGE_MS - margin });
  scene.addDead(allSeries('young', 1), { createdMs: nowMs() - ARCHIVED_ALL_MAX_AGE_MS + margin });
  await scene.compact();
  t.deepEqual([count('old'), count('young')], [undefined, 1]);
  scene.addDead(allSeries('new', 1));
  await scene.compact({ laterMs: 2 * margin });
  t.deepEqual([count('young'), count('new')], [undefined, 1]);
});

/** A gauge of mode `all` with so many series. */
function allSeries(prefix: string, count: number): (writer: Writer) => void {
  return (writer) => {
    const id = writer.defineMetric(
      descriptor({ name: 'g', type: 'gauge', mode: 'all', labelNames: ['l'] }),
    );
    for (let i = 0; i < count; i++) writer.addSeries(id, [`${prefix}${i}`], 2, newHolder(), [i, 1]);
  };
}

/** A thread of another host with a counter at 3 and a gauge at 4. */
function sleeper(t: Teardown, { backend, directory }: CompactionScene) {
  const header = () => ({
    ...ownIdentity(),
    ...ELSEWHERE,
    kind: FileKind.writer,
    createdMs: nowMs(),
    name: '',
  });
  const store = new Store({
    openFile() {
      const name = newWriterName(directory, process.pid, 0);
      return new Writer(backend.create(name.final, CREATE_OPTIONS), header());
    },
    publish() {},
    discard() {},
    openMemory: () => new Writer(new MemoryMapping(), header()),
    isPresent: ({ mapping }) => existsSync(mapping.path),
    onError(error) {
      throw error;
    },
  });
  t.teardown(() => store.fileWriter?.mapping.close());
  const open = (metric: StoreMetric, value: number): Series => {
    const series = new Series(metric, []);
    store.attach(metric);
    store.open(series, [value]);
    return series;
  };
  const count = open(new StoreMetric(descriptor()), 3);
  const gauge = open(new StoreMetric(descriptor({ name: 'queue', type: 'gauge' })), 4);
  store.flush();
  return { store, count, gauge };
}
