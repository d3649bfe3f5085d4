// The hooks in a real node:cluster. What they do is told apart from what a page finds
// out by itself by what becomes of the dead worker's file before there is a page.

import test, { type ExecutionContext } from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { isKnownDead } from '../helpers/known-dead.js';
import { openScene } from '../helpers/scene.js';
import type { ClusterCommand } from '../programs/cluster-hooks.js';

interface ForkedWorker {
  readonly pid: number;
  /** Listeners that `installClusterHooks` added in the worker. */
  readonly hooksOfWorker: number;
}

function startCluster(t: ExecutionContext, backend: string, more: Record<string, string> = {}) {
  const { dir, env, reader } = openScene(t, backend);
  const primary = startChild(t, 'cluster-hooks', { env: { ...env, ...more } });
  const tell = (command: ClusterCommand) => primary.request(command);
  return {
    reader,
    tell,
    fork: async () => (await tell({ do: 'fork' })) as ForkedWorker,
    kill: (pid: number) => tell({ do: 'kill', pid, signal: 'SIGKILL' }),
    isKnownDead: (pid: number) => isKnownDead(backend, dir, pid),
  };
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: a worker killed with SIGKILL is marked when the primary sees it exit`,
    async (t) => {
      const { fork, isKnownDead, kill, reader, tell } = startCluster(t, backend);
      await tell({ do: 'install' });
      const [a, b, c] = [await fork(), await fork(), await fork()];
      t.is(await reader.value('live'), 3);
      await kill(b.pid);
      // Nothing has made a page since.
      t.deepEqual(
        [a, b, c].map(({ pid }) => isKnownDead(pid)),
        [false, true, false],
      );
      t.is(await reader.value('live'), 2);
      t.is(await reader.value('c_total'), 3);
      const replacement = await fork();
      t.is(await reader.value('live'), 3);
      t.is(await reader.value('c_total'), 4);
      await kill(replacement.pid);
      t.is(await reader.value('live'), 2);
      t.is(await reader.value('c_total'), 4);
    },
  );

  test.serial(
    `${backend}: installing twice is installing once, in a worker it is nothing`,
    async (t) => {
      const { fork, isKnownDead, kill, tell } = startCluster(t, backend);
      const hooks = Number(await tell({ do: 'hooks' }));
      t.is(await tell({ do: 'install' }), 1);
      t.is(await tell({ do: 'hooks' }), hooks + 1);
      t.is(await tell({ do: 'install' }), 1, 'the same function');
      t.is(await tell({ do: 'hooks' }), hooks + 1);
      const worker = await fork();
      t.is(worker.hooksOfWorker, 0);
      await kill(worker.pid);
      t.true(isKnownDead(worker.pid));
    },
  );

  test.serial(
    `${backend}: after uninstalling a worker's death is found out by the page alone`,
    async (t) => {
      const { fork, isKnownDead, kill, reader, tell } = startCluster(t, backend);
      const hooks = await tell({ do: 'hooks' });
      await tell({ do: 'install' });
      await tell({ do: 'uninstall' });
      t.is(await tell({ do: 'hooks' }), hooks);
      const [a, b] = [await fork(), await fork(), await fork()];
      await kill(a.pid);
      t.false(isKnownDead(a.pid));
      // It can be installed again.
      await tell({ do: 'install' });
      await kill(b.pid);
      t.true(isKnownDead(b.pid));
      t.is(await reader.value('live'), 1);
      t.is(await reader.value('c_total'), 3);
    },
  );

  test.serial(`${backend}: workers can be shown by their ids`, async (t) => {
    const { fork, kill, reader } = startCluster(t, backend, {
      PROMETHEUS_MULTIPROC_WRITER_NAME: 'worker {cluster.worker.id}',
    });
    const shown = async () => (await reader.samples('each')).map(({ labels }) => labels.pid);
    const first = await fork();
    await fork();
    t.deepEqual(await shown(), ['worker 1', 'worker 2']);
    await kill(first.pid);
    await fork();
    t.deepEqual(await shown(), ['worker 2', 'worker 3']);
  });
}
