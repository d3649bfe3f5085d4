// A process whose threads have default metrics. The first argument says what the main
// thread does: `calls`, `loads` the library and has none, or leaves it `absent`; the second
// how many worker threads there are, all of which call.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

export type DefaultMetricsCommand =
  /** Answered when all threads have default metrics. */
  | { readonly do: 'begin' }
  /** Answered when one more worker thread has them. */
  | { readonly do: 'spawn' }
  | { readonly do: 'facts' }
  /** Spends at least so many milliseconds of CPU time of the process. */
  | { readonly do: 'burn'; readonly ms: number }
  /** Terminates worker threads until so many are left; the first to be made goes first. */
  | { readonly do: 'terminate'; readonly left: number };

/** What the process says of itself. */
export interface Facts {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly maxDescriptors: number;
}

const [role = 'calls', threads = '2'] = process.argv.slice(2);
const workers: Worker[] = [];

async function callIn(what: 'load' | 'call'): Promise<void> {
  const { collectDefaultMetrics } = await import('../../src/index.js');
  if (what === 'call') collectDefaultMetrics();
}

async function carryOut(command: DefaultMetricsCommand): Promise<unknown> {
  switch (command.do) {
    case 'begin':
      return begin();
    case 'spawn':
      return spawn();
    case 'facts':
      return facts();
    case 'burn':
      return burn(command.ms);
    case 'terminate':
      while (workers.length > command.left) await workers.shift()?.terminate();
      return undefined;
  }
}

async function begin(): Promise<void> {
  if (role !== 'absent') await callIn(role === 'calls' ? 'call' : 'load');
  await Promise.all(Array.from({ length: Number(threads) }, spawn));
}

async function spawn(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  workers.push(worker);
  await once(worker, 'message');
}

function facts(): Facts {
  const { user, system } = process.cpuUsage();
  const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return {
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    maxDescriptors: Number(limit),
  };
}

function burn(ms: number): void {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= ms * 1000) return;
  }
}

if (isMainThread) {
  process.on('message', async ({ id, command }: { id: number; command: DefaultMetricsCommand }) => {
    process.send?.({ id, value: await carryOut(command) });
  });
} else {
  await callIn('call');
  parentPort?.on('message', () => {});
  parentPort?.postMessage('begun');
}
