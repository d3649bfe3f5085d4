// Stable names in place of pids, from the environment and from the program.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene, type Writer } from '../helpers/scene.js';
import { startThreads } from '../helpers/threads.js';

const NAME = 'PROMETHEUS_MULTIPROC_WRITER_NAME';

async function makeGauges(writer: Writer, value: number): Promise<void> {
  for (const [name, multiprocessMode] of [
    ['each', 'all'],
    ['live_each', 'liveall'],
  ] as const) {
    await writer.make('Gauge', { name, multiprocessMode });
    await writer.call(name, 'set', value);
  }
}

/** Values of both gauges by the label `pid`. */
async function shownBy(reader: Writer) {
  const byPid = async (name: string) =>
    Object.fromEntries(
      (await reader.samples(name)).map(({ labels, value }) => [labels.pid as string, value]),
    );
  return { all: await byPid('each'), liveall: await byPid('live_each') };
}

const both = (shown: Record<string, number>) => ({ all: shown, liveall: shown });

for (const backend of expectedBackends()) {
  test.serial(`${backend}: a name outlives its process, and goes to the next one`, async (t) => {
    const scene = openScene(t, backend);
    const env = { [NAME]: 'web-{NODE_APP_INSTANCE}', NODE_APP_INSTANCE: '0' };
    const first = scene.start(env);
    await makeGauges(first, 1);
    t.deepEqual(await shownBy(scene.reader), both({ 'web-0': 1 }));
    await first.kill();
    t.deepEqual(await shownBy(scene.reader), { all: { 'web-0': 1 }, liveall: {} });
    const second = scene.start(env);
    await makeGauges(second, 2);
    t.deepEqual(await shownBy(scene.reader), both({ 'web-0': 2 }));
    await second.kill();
    await scene.reader.compact();
    t.deepEqual(await shownBy(scene.reader), { all: { 'web-0': 2 }, liveall: {} });
    const third = scene.start(env);
    await makeGauges(third, 3);
    t.deepEqual(await shownBy(scene.reader), both({ 'web-0': 3 }));
  });

  test.serial(`${backend}: processes of one name are told apart and counted`, async (t) => {
    const scene = openScene(t, backend);
    const writers = [];
    for (const value of [1, 2, 3]) {
      const writer = scene.start({ [NAME]: 'web' });
      await makeGauges(writer, value);
      writers.push(writer);
    }
    t.deepEqual(await shownBy(scene.reader), both({ web: 1, 'web#2': 2, 'web#3': 3 }));
    const conflicts = () => scene.reader.value('prom_multiproc_conflicts', { reason: 'name' });
    t.is(await conflicts(), 2);
    await writers[0]?.kill();
    t.deepEqual(await shownBy(scene.reader), both({ web: 2, 'web#2': 3 }));
    await writers[1]?.kill();
    t.deepEqual(await shownBy(scene.reader), both({ web: 3 }));
    t.is(await conflicts(), 0);
  });

  test.serial(`${backend}: a name that cannot be filled in is none`, async (t) => {
    const scene = openScene(t, backend);
    const names = ['web-{NO_SUCH_VARIABLE}', 'w{cluster.worker.id}', ''];
    for (const [value, name] of names.entries()) {
      const writer = scene.start({ [NAME]: name });
      await makeGauges(writer, value);
      t.is((await shownBy(scene.reader)).all[writer.label], value, name);
      t.deepEqual(await writer.warnings(), []);
    }
  });

  test.serial(`${backend}: a name that breaks the rules is none, with a warning`, async (t) => {
    const scene = openScene(t, backend);
    const writer = scene.start({ [NAME]: 'web#2' });
    await makeGauges(writer, 1);
    t.deepEqual(await shownBy(scene.reader), both({ [writer.label]: 1 }));
    const warnings = await writer.warnings();
    t.is(warnings.length, 1);
    t.regex(warnings[0] as string, /PROMETHEUS_MULTIPROC_WRITER_NAME gives "web#2"; it can be/);
  });

  test.serial(`${backend}: threads add their numbers to the name of their process`, async (t) => {
    const scene = openScene(t, backend);
    const main = startThreads(t, scene, { [NAME]: 'web' });
    const a = await main.spawn();
    const number = a.label.replace(`${main.pid}-`, '');
    await makeGauges(main, 1);
    await makeGauges(a, 2);
    t.deepEqual(await shownBy(scene.reader), both({ web: 1, [`web-${number}`]: 2 }));
    // A name given in the program is inherited as well, and one given in the thread is whole.
    await main.rename('shop');
    const b = await main.spawn();
    await makeGauges(b, 3);
    await a.rename('pool');
    const other = b.label.replace(`${main.pid}-`, '');
    t.deepEqual(await shownBy(scene.reader), both({ pool: 2, shop: 1, [`shop-${other}`]: 3 }));
  });

  test.serial(`${backend}: a process can be given a name while it counts`, async (t) => {
    const scene = openScene(t, backend);
    const writer = scene.start();
    await writer.make('Counter', { name: 'c_total' });
    await writer.call('c_total', 'inc', 5);
    await makeGauges(writer, 1);
    t.deepEqual(await shownBy(scene.reader), both({ [writer.label]: 1 }));
    await writer.rename('web');
    t.deepEqual(await shownBy(scene.reader), both({ web: 1 }));
    t.is(await scene.reader.value('c_total'), 5);
    await writer.call('c_total', 'inc', 2);
    await writer.rename('shop');
    await writer.call('live_each', 'set', 2);
    t.deepEqual(await shownBy(scene.reader), { all: { shop: 1 }, liveall: { shop: 2 } });
    t.deepEqual(await shownBy(writer), { all: { shop: 1 }, liveall: { shop: 2 } });
    t.is(await scene.reader.value('c_total'), 7);
    t.is(await scene.reader.value('prom_multiproc_writers', { state: 'live' }), 1);
    await t.throwsAsync(writer.rename('a#b'), { name: 'TypeError', message: /"a#b": it can be/ });
    await t.throwsAsync(writer.rename(''), { name: 'TypeError' });
    await writer.kill();
    t.is(await scene.reader.value('c_total'), 7);
    t.deepEqual(await shownBy(scene.reader), { all: { shop: 1 }, liveall: {} });
  });
}

test.serial('a process without a directory has a name too', async (t) => {
  const scene = openScene(t, 'file');
  const writer = scene.start({ PROMETHEUS_MULTIPROC_DIR: '', [NAME]: 'web' });
  await makeGauges(writer, 1);
  t.deepEqual(await shownBy(writer), both({ web: 1 }));
  await writer.rename('shop');
  t.deepEqual(await shownBy(writer), both({ shop: 1 }));
});
