// Default metrics of several processes of several threads.

import test from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { type Child, startChild } from '../helpers/children.js';
import { openScene, type Scene, type Writer } from '../helpers/scene.js';
import type { Teardown } from '../helpers/temporary-directory.js';
import type { DefaultMetricsCommand, Facts } from '../programs/default-metrics.js';

/** Short, and long enough for a thread of a busy machine not to seem silent. */
const SAMPLE_MS = 250;
const PROCESSES = 3;
const THREADS = 2;

class Reporting {
  readonly child: Child;

  constructor(child: Child) {
    this.child = child;
  }

  ask(command: DefaultMetricsCommand): Promise<unknown> {
    return this.child.request(command);
  }

  async facts(): Promise<Facts> {
    return (await this.ask({ do: 'facts' })) as Facts;
  }
}

async function startReporting(
  t: Teardown,
  { env }: Scene,
  role: string,
  threads = THREADS,
): Promise<Reporting> {
  const sampled = { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: `${SAMPLE_MS}` };
  const args = [role, `${threads}`];
  const reporting = new Reporting(startChild(t, 'default-metrics', { env: sampled, args }));
  await reporting.ask({ do: 'begin' });
  return reporting;
}

function startAll(t: Teardown, scene: Scene, role: string): Promise<Reporting[]> {
  return Promise.all(Array.from({ length: PROCESSES }, () => startReporting(t, scene, role)));
}

/** Reads until a sample is what it should be. */
async function becomes(reader: Writer, name: string, wanted: number): Promise<void> {
  await eventually(async () => {
    const value = await reader.value(name);
    return value === wanted ? undefined : `${name} is ${value} and not ${wanted}`;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

for (const backend of expectedBackends()) {
  for (const role of ['calls', 'loads', 'absent']) {
    test.serial(
      `${backend}: what is a process's counts once, however many threads it has; main thread: ${role}`,
      async (t) => {
        const scene = openScene(t, backend);
        const { reader } = scene;
        const processes = await startAll(t, scene, role);
        const before = await Promise.all(processes.map((each) => each.facts()));
        await becomes(reader, 'process_max_fds', sum(before.map((facts) => facts.maxDescriptors)));

        // As much again as all threads have used to begin, and more: twice is seen.
        const burnMs = 2000 * Math.max(...before.map((facts) => facts.cpuSeconds));
        await Promise.all(processes.map((each) => each.ask({ do: 'burn', ms: burnMs })));
        const burnt = (PROCESSES * burnMs) / 1000;
        await eventually(async () => {
          const seconds = (await reader.value('process_cpu_seconds_total')) ?? 0;
          return seconds >= burnt ? undefined : `${seconds} s of ${burnt} are counted`;
        });
        const counted = (await reader.value('process_cpu_seconds_total')) ?? 0;
        const after = await Promise.all(processes.map((each) => each.facts()));
        const spent = sum(after.map((facts) => facts.cpuSeconds));
        t.true(counted <= spent, `${counted} s are counted of ${spent}`);

        await eventually(async () => {
          const resident = (await reader.value('process_resident_memory_bytes')) ?? 0;
          const now = await Promise.all(processes.map((each) => each.facts()));
          const ratio = resident / sum(now.map((facts) => facts.residentBytes));
          return ratio > 0.8 && ratio < 1.2 ? undefined : `${ratio} times what the processes have`;
        });
      },
    );
  }

  test.serial(
    `${backend}: CPU time outlives a process, and the version is there once`,
    async (t) => {
      const scene = openScene(t, backend);
      const { reader } = scene;
      const processes = await startAll(t, scene, 'calls');
      const limits = sum(
        (await Promise.all(processes.map((p) => p.facts()))).map((f) => f.maxDescriptors),
      );
      await becomes(reader, 'process_max_fds', limits);
      const [major, minor, patch] = process.versions.node.split('.') as [string, string, string];
      const version = { version: process.version, major, minor, patch };
      t.deepEqual(await reader.samples('nodejs_version_info'), [
        { name: 'nodejs_version_info', labels: version, value: 1 },
      ]);
      let counted = (await reader.value('process_cpu_user_seconds_total')) ?? 0;
      t.true(counted > 0);
      for (const each of processes) {
        await each.child.kill('SIGKILL');
        const now = (await reader.value('process_cpu_user_seconds_total')) ?? 0;
        t.true(now >= counted, `${now} after ${counted}`);
        counted = now;
      }
      t.is(await reader.value('process_max_fds'), undefined);
    },
  );

  test.serial(
    `${backend}: keep no process alive, and what it used until its end counts`,
    async (t) => {
      const { env, reader } = openScene(t, backend);
      const sampled = { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: '3600000' };
      const child = startChild(t, 'default-metrics-alone', { env: sampled });
      t.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
      t.true(((await reader.value('process_cpu_seconds_total')) ?? 0) > 0);
      t.is(await reader.value('process_max_fds'), undefined);
    },
  );

  test.serial(`${backend}: the start time is that of the oldest process that lives`, async (t) => {
    const scene = openScene(t, backend);
    const { reader } = scene;
    const begin = Date.now() / 1000;
    const old = await startReporting(t, scene, 'calls');
    const started = async (): Promise<number> =>
      (await reader.value('process_start_time_seconds')) ?? 0;
    await eventually(async () => ((await started()) > 0 ? undefined : 'no start time'));
    const first = await started();
    t.true(Math.abs(first - begin) < 60);
    // Start times are whole seconds.
    await eventually(async () => (Date.now() / 1000 > first + 2 ? undefined : 'too early'));
    await startReporting(t, scene, 'calls');
    await becomes(reader, 'process_max_fds', 2 * (await old.facts()).maxDescriptors);
    t.is(await started(), first);
    await old.child.kill('SIGKILL');
    t.true((await started()) > first);
  });
}

if (expectedBackends().includes('mmap')) {
  for (const role of ['loads', 'absent']) {
    test.serial(
      `mmap: another thread speaks for the process when the one that did is terminated; main thread: ${role}`,
      async (t) => {
        const scene = openScene(t, 'mmap');
        const { reader } = scene;
        const reporting = await startReporting(t, scene, role, 1);
        const { maxDescriptors } = await reporting.facts();
        await becomes(reader, 'process_max_fds', maxDescriptors);
        for (let replaced = 0; replaced < 2; replaced++) {
          await reporting.ask({ do: 'spawn' });
          await reporting.ask({ do: 'terminate', left: 1 });
          await becomes(reader, 'process_max_fds', maxDescriptors);
        }
        await reporting.ask({ do: 'terminate', left: 0 });
        t.is(await reader.value('process_max_fds'), undefined);
      },
    );
  }
}
