// However a process ends, what it has counted is on the page.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { type Child, type Exit, startChild } from '../helpers/children.js';
import { openScene, type Writer } from '../helpers/scene.js';

const CLEAN_ENDS: Readonly<Record<string, Exit>> = {
  'process.exit': { code: 3, signal: null },
  'uncaught exception': { code: 1, signal: null },
  'unhandled rejection': { code: 1, signal: null },
  'SIGTERM with a listener': { code: 4, signal: null },
  'nothing left to do': { code: 0, signal: null },
};

const KILLS: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGABRT'];

/** Batches to hear of before the end: enough to be in the middle of it. */
const BATCHES = 20;

/** What the page shows of the program `steady`. */
async function shown(reader: Writer): Promise<readonly (readonly [string, number])[]> {
  const families = await reader.families({ names: ['c_total', 'l_total', 'h'] });
  const sum = (name: string) =>
    families
      .flatMap(({ samples }) => samples)
      .filter((sample) => sample.name === name)
      .reduce((total, { value }) => total + value, 0);
  return ['c_total', 'l_total', 'h_count'].map((name) => [name, sum(name)] as const);
}

function acknowledged(child: Child): readonly number[] {
  return child.events as readonly number[];
}

for (const backend of expectedBackends()) {
  for (const [how, exit] of Object.entries(CLEAN_ENDS)) {
    test.serial(
      `${backend}: nothing is lost at ${how}, nor what 'exit' listeners count`,
      async (t) => {
        const { env, reader } = openScene(t, backend);
        const child = startChild(t, 'ending', { env, args: [how] });
        t.deepEqual(await child.exited, exit, child.stderr);
        t.is(await reader.value('c_total'), 111);
        t.is(await reader.value('h_bucket', { le: '+Inf' }), 1);
        t.is(await reader.value('h_sum'), 2);
        t.is(await reader.value('g'), 7);
        t.is(await reader.value('late_total'), 3);
      },
    );
  }

  for (const signal of KILLS) {
    // Where memory is the file an update is safe once it is made; on the file backend
    // once the turn of the event loop is over, so what the last batch said does not count.
    const safe = backend === 'file' ? 2 : 1;
    const what = backend === 'file' ? 'nothing from before the last turn' : 'nothing acknowledged';

    test.serial(`${backend}: ${what} is lost at ${signal}`, async (t) => {
      const { env, reader } = openScene(t, backend);
      const child = startChild(t, 'steady', { env });
      await child.heard(BATCHES);
      const exit = await child.kill(signal);
      t.deepEqual(exit, { code: null, signal });
      const promised = acknowledged(child).at(-safe) as number;
      for (const [name, value] of await shown(reader)) {
        t.true(value >= promised, `${name} is ${value}, ${promised} were acknowledged`);
      }
    });
  }

  test.serial(
    `${backend}: a counter never goes down while its process counts and dies`,
    async (t) => {
      const { env, reader } = openScene(t, backend);
      const child = startChild(t, 'steady', { env });
      await child.heard(1);
      let before = new Map(await shown(reader));
      const check = async () => {
        const now = new Map(await shown(reader));
        for (const [name, value] of now) t.true(value >= (before.get(name) ?? 0), name);
        before = now;
      };
      for (let i = 1; i <= BATCHES; i++) {
        await child.heard(i);
        await check();
      }
      await child.kill();
      await check();
      const last = before;
      await check();
      t.deepEqual(before, last);
    },
  );
}
