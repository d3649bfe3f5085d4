// The hook on the bus of a real pm2. What it does is told apart from what a page finds out
// by itself by what becomes of a dead process's file before there is a page.

import { symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { isKnownDead } from '../helpers/known-dead.js';
import { requirePidNamespaces, startAsPid1 } from '../helpers/namespaces.js';
import { Pm2Fleet } from '../helpers/pm2-fleet.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import type { HookCommand } from '../programs/pm2-hook.js';

function startHook(t: ExecutionContext, { dir, pm2 }: Pm2Fleet, backend: string) {
  const env = {
    PROMETHEUS_MULTIPROC_DIR: dir,
    PROMETHEUS_MULTIPROC_BACKEND: backend,
    PM2_HOME: pm2.home,
    PM2_DISABLE_VERSION_CHECK: 'true',
  };
  const child = startChild(t, 'pm2-hook', { env });
  return { child, tell: (command: HookCommand) => child.request(command) };
}

const pidsOf = async ({ pm2 }: Pm2Fleet) => (await pm2.instances()).map(({ pid }) => pid);

/** Those of these processes of which nobody was told that they are dead. */
function unknown(fleet: Pm2Fleet, backend: string, pids: readonly number[]): number[] {
  return pids.filter((pid) => !isKnownDead(backend, fleet.dir, pid));
}

/** Waits for the hook to have told of all these, and of none that runs. */
async function areTold(
  t: ExecutionContext,
  fleet: Pm2Fleet,
  backend: string,
  dead: readonly number[],
): Promise<void> {
  await eventually(async () => {
    const left = unknown(fleet, backend, dead);
    if (left.length > 0) return `nobody was told of ${left}`;
    // One that has just begun has no file yet.
    const running = await pidsOf(fleet);
    const alive = unknown(fleet, backend, running);
    return alive.length === running.length ? undefined : `of ${running} only ${alive} live`;
  });
  t.deepEqual(unknown(fleet, backend, dead), []);
}

for (const backend of expectedBackends()) {
  for (const mode of ['cluster', 'fork'] as const) {
    test.serial(`${backend}: every end in ${mode} mode is marked without a page`, async (t) => {
      t.timeout(180_000);
      const fleet = new Pm2Fleet(t, backend);
      await fleet.start('app', mode, 3);
      const { tell } = startHook(t, fleet, backend);
      await tell({ do: 'install' });
      await areTold(t, fleet, backend, [await fleet.killOne()]);
      for (const command of ['restart', 'reload', 'stop']) {
        const before = await pidsOf(fleet);
        await fleet.pm2.run([command, 'app']);
        await areTold(t, fleet, backend, before);
      }
    });
  }

  test.serial(`${backend}: an instance of the application can have the hook`, async (t) => {
    t.timeout(180_000);
    const fleet = new Pm2Fleet(t, backend);
    await fleet.start('app', 'cluster', 2);
    await fleet.start('hooked', 'cluster', 1, { APP_HOOK: '' });
    const before = (await fleet.pm2.instances()).filter(({ id }) => id < 2);
    await fleet.pm2.run(['scale', 'app', '1']);
    const now = await pidsOf(fleet);
    const gone = before.map(({ pid }) => pid).filter((pid) => !now.includes(pid));
    t.is(gone.length, 1);
    await areTold(t, fleet, backend, gone);
  });
}

test.serial('the hook outlives the daemon, and makes good what it missed', async (t) => {
  t.timeout(180_000);
  const fleet = new Pm2Fleet(t, 'file');
  await fleet.start('app', 'cluster', 2);
  const { tell } = startHook(t, fleet, 'file');
  await tell({ do: 'install' });
  const before = await pidsOf(fleet);
  const [daemon = 0] = fleet.pm2.daemon();
  // No event says that they end.
  process.kill(daemon, 'SIGKILL');
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await fleet.start('app', 'cluster', 2);
  await areTold(t, fleet, 'file', before);
  await areTold(t, fleet, 'file', [await fleet.killOne()]);
});

test.serial('a hook that is installed before pm2 runs waits for it', async (t) => {
  t.timeout(180_000);
  const fleet = new Pm2Fleet(t, 'file');
  const { tell } = startHook(t, fleet, 'file');
  const installed = tell({ do: 'install' });
  await fleet.start('app', 'fork', 1);
  await installed;
  await areTold(t, fleet, 'file', [await fleet.killOne()]);
});

test.serial('installing twice is installing once, until it is taken off', async (t) => {
  t.timeout(180_000);
  const fleet = new Pm2Fleet(t, 'file');
  await fleet.start('app', 'cluster', 2);
  const { child, tell } = startHook(t, fleet, 'file');
  await tell({ do: 'install' });
  await tell({ do: 'install' });
  t.is(await tell({ do: 'uninstall' }), 1);
  const victim = await fleet.killOne();
  t.deepEqual(unknown(fleet, 'file', [victim]), [victim]);
  // It can be installed again, with the package as it is given, and finds who is dead.
  await tell({ do: 'install', given: true });
  await areTold(t, fleet, 'file', [victim]);
  await tell({ do: 'uninstall' });
  // Nothing of it is left that would keep the process alive.
  await tell({ do: 'let go' });
  t.deepEqual(await child.exited, { code: 0, signal: null });
});

test.serial('a hook that is taken off while there is no daemon lets its process end', async (t) => {
  t.timeout(180_000);
  const fleet = new Pm2Fleet(t, 'file');
  await fleet.start('app', 'fork', 1);
  const { child, tell } = startHook(t, fleet, 'file');
  await tell({ do: 'install' });
  await fleet.pm2.kill();
  await tell({ do: 'uninstall' });
  await fleet.start('app', 'fork', 1);
  await tell({ do: 'let go' });
  t.deepEqual(await child.exited, { code: 0, signal: null });
});

test.serial("an application's own use of pm2 does not take the hook off", async (t) => {
  t.timeout(180_000);
  const fleet = new Pm2Fleet(t, 'file');
  await fleet.start('app', 'cluster', 2);
  const { tell } = startHook(t, fleet, 'file');
  await tell({ do: 'install', given: true });
  await tell({ do: 'disconnect the application' });
  await areTold(t, fleet, 'file', [await fleet.killOne()]);
});

test.serial('a bus that cannot be reached is an error of the installation alone', async (t) => {
  const home = temporaryDirectory(t);
  // A way that leads nowhere, unlike one that does not lead anywhere yet.
  symlinkSync('pub.sock', path.join(home, 'pub.sock'));
  const env = { PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' };
  const child = startChild(t, 'pm2-hook', { env });
  const install: HookCommand = { do: 'install' };
  const error = await t.throwsAsync(child.request(install));
  t.regex(error?.message ?? '', /connect ELOOP/);
  await t.throwsAsync(child.request(install), { message: error?.message }, 'it is tried again');
  await child.request({ do: 'let go' } satisfies HookCommand);
  t.deepEqual(await child.exited, { code: 0, signal: null });
});

if (process.platform === 'linux') {
  test.serial('live gauges leave pages in other pid namespaces at once', async (t) => {
    requirePidNamespaces();
    t.timeout(180_000);
    // Its writers hold no lock, and no process there can see whether they run.
    const backend = 'file';
    const fleet = new Pm2Fleet(t, backend);
    await fleet.start('app', 'cluster', 3);
    const reader = startAsPid1(t, {
      PROMETHEUS_MULTIPROC_DIR: fleet.dir,
      PROMETHEUS_MULTIPROC_BACKEND: backend,
    });
    const { tell } = startHook(t, fleet, backend);
    t.is(await reader.value('app_up'), 3);
    await fleet.pm2.run(['scale', 'app', '2']);
    t.is(await reader.value('app_up'), 3, 'without the hook it takes them for alive');
    await tell({ do: 'install' });
    t.is(await reader.value('app_up'), 2);
    await fleet.pm2.run(['stop', 'app']);
    await eventually(async () => {
      const up = await reader.value('app_up');
      return up === undefined ? undefined : `${up} are up`;
    });
  });
}
