// What each gauge mode shows while processes live, and after one has died.

import test, { type ExecutionContext } from 'ava';
import { GAUGE_MODES, type GaugeMode } from '../../src/model/metric.js';
import { expectedBackends } from '../helpers/backends.js';
import { openScene, type Scene, type WriterProcess } from '../helpers/scene.js';

/** A gauge's samples: by pid where the mode shows each writer, else one number. */
type Shown = number | undefined | Readonly<Record<string, number>>;

/** What two processes with these values show, before and after the first is gone. */
interface Expectation {
  readonly unset: Shown;
  readonly both: Shown;
  readonly afterDeath: Shown;
}

const FIRST = 6;
const SECOND = 2;

/** The first process has set `FIRST`, and set it last; the second `SECOND`. */
function expectations(first: string, second: string): Readonly<Record<GaugeMode, Expectation>> {
  const each = { unset: { [first]: 0, [second]: 0 }, both: { [first]: FIRST, [second]: SECOND } };
  const keeps = (value: number): Expectation => ({ unset: 0, both: value, afterDeath: value });
  const forgets = (value: number): Expectation => ({ unset: 0, both: value, afterDeath: SECOND });
  return {
    all: { ...each, afterDeath: each.both },
    liveall: { ...each, afterDeath: { [second]: SECOND } },
    sum: keeps(FIRST + SECOND),
    livesum: forgets(FIRST + SECOND),
    min: keeps(SECOND),
    livemin: { unset: 0, both: SECOND, afterDeath: SECOND },
    max: keeps(FIRST),
    livemax: forgets(FIRST),
    mostrecent: keeps(FIRST),
    livemostrecent: forgets(FIRST),
    average: keeps((FIRST + SECOND) / 2),
    liveaverage: forgets((FIRST + SECOND) / 2),
    omit: { unset: undefined, both: undefined, afterDeath: undefined },
  };
}

async function makeGauges(writer: WriterProcess): Promise<void> {
  for (const mode of GAUGE_MODES) {
    await writer.make('Gauge', { name: `g_${mode}`, multiprocessMode: mode });
  }
}

async function setGauges(writer: WriterProcess, value: number): Promise<void> {
  for (const mode of GAUGE_MODES) await writer.call(`g_${mode}`, 'set', value);
}

async function shownBy({ reader }: Scene): Promise<Record<GaugeMode, Shown>> {
  const families = await reader.families();
  const shown = GAUGE_MODES.map((mode): [GaugeMode, Shown] => {
    const samples = families.find(({ name }) => name === `g_${mode}`)?.samples ?? [];
    if (samples.length === 0) return [mode, undefined];
    if (samples[0]?.labels.pid === undefined) return [mode, samples[0]?.value];
    return [mode, Object.fromEntries(samples.map(({ labels, value }) => [labels.pid, value]))];
  });
  return Object.fromEntries(shown) as Record<GaugeMode, Shown>;
}

async function twoProcesses(t: ExecutionContext, backend: string) {
  const scene = openScene(t, backend);
  const first = scene.start();
  const second = scene.start();
  const table = Object.entries(expectations(first.label, second.label));
  const expected = (when: keyof Expectation) =>
    Object.fromEntries(table.map(([mode, expectation]) => [mode, expectation[when]]));
  await makeGauges(first);
  await makeGauges(second);
  t.deepEqual(await shownBy(scene), expected('unset'));
  await setGauges(second, SECOND);
  await setGauges(first, FIRST);
  t.deepEqual(await shownBy(scene), expected('both'));
  return { scene, first, second, expected };
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: live modes drop a process killed with SIGKILL, the others keep it`,
    async (t) => {
      const { scene, first, expected } = await twoProcesses(t, backend);
      await first.kill();
      t.deepEqual(await shownBy(scene), expected('afterDeath'));
      await scene.reader.mark(first.pid);
      t.deepEqual(await shownBy(scene), expected('afterDeath'));
    },
  );

  test.serial(
    `${backend}: live modes drop a process marked dead, the others keep it`,
    async (t) => {
      const { scene, first, expected } = await twoProcesses(t, backend);
      await scene.reader.mark(first.pid);
      t.deepEqual(await shownBy(scene), expected('afterDeath'));
      await first.kill();
      t.deepEqual(await shownBy(scene), expected('afterDeath'));
    },
  );

  test.serial(
    `${backend}: without any live process only modes for live ones are empty`,
    async (t) => {
      const { scene, first, second, expected } = await twoProcesses(t, backend);
      await first.kill();
      await second.kill();
      const live = GAUGE_MODES.filter((mode) => mode.startsWith('live'));
      t.deepEqual(await shownBy(scene), {
        ...expected('both'),
        ...Object.fromEntries(live.map((mode) => [mode, undefined])),
      });
    },
  );

  test.serial(
    `${backend}: the most recent value goes by order of sets, not of pids or files`,
    async (t) => {
      const scene = openScene(t, backend);
      const [a, b] = [scene.start(), scene.start()];
      for (const writer of [a, b]) {
        await writer.make('Gauge', { name: 'recent', multiprocessMode: 'mostrecent' });
        await writer.make('Gauge', { name: 'live_recent', multiprocessMode: 'livemostrecent' });
      }
      const set = async (writer: WriterProcess, value: number) => {
        await writer.call('recent', 'set', value);
        await writer.call('live_recent', 'set', value);
      };
      const shown = async () => [
        await scene.reader.value('recent'),
        await scene.reader.value('live_recent'),
      ];
      await set(a, 1);
      t.deepEqual(await shown(), [1, 1]);
      await set(b, 2);
      t.deepEqual(await shown(), [2, 2]);
      await set(a, 3);
      t.deepEqual(await shown(), [3, 3]);
      await b.call('recent', 'inc', 5);
      await b.call('live_recent', 'dec', 5);
      t.deepEqual(await shown(), [7, -3]);
      await b.kill();
      t.deepEqual(await shown(), [7, 3]);
    },
  );

  test.serial(
    `${backend}: a process that never set a gauge does not pull it to zero`,
    async (t) => {
      const scene = openScene(t, backend);
      const [silent, a, b] = [scene.start(), scene.start(), scene.start()];
      const modes = ['min', 'max', 'mostrecent', 'average'] as const;
      const values = new Map([
        [a, -4],
        [b, -2],
      ]);
      for (const writer of [silent, a, b]) {
        for (const mode of modes) {
          await writer.make('Gauge', { name: `g_${mode}`, multiprocessMode: mode });
        }
      }
      for (const [writer, value] of values) {
        for (const mode of modes) await writer.call(`g_${mode}`, 'set', value);
      }
      t.like(await shownBy(scene), { min: -4, max: -2, mostrecent: -2, average: -3 });
    },
  );

  test.serial(
    `${backend}: a process that takes the place of a killed one shows its own live value`,
    async (t) => {
      const scene = openScene(t, backend);
      const first = scene.start();
      await first.make('Gauge', { name: 'g' });
      await first.call('g', 'set', 5);
      await first.kill();
      const second = scene.start();
      await second.make('Gauge', { name: 'g' });
      t.is(await scene.reader.value('g'), 0);
      await second.call('g', 'set', 3);
      t.is(await scene.reader.value('g'), 3);
    },
  );
}
