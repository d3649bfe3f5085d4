// What every example that is a cluster of servers must do.

import process from 'node:process';
import type { ExecutionContext } from 'ava';
import { samplesByKey } from '../helpers/page-samples.js';
import { type Example, get, type Samples, settles, urlOf, WORKERS } from './example.js';

const REQUESTS = 12;

/** Samples of an example after so many requests. */
export type Expected = (requests: number) => Samples;

/** All workers answer, and any serves what all have counted, also after one was killed. */
export async function servesFromAnyWorker(
  t: ExecutionContext,
  example: Example,
  backend: string,
  expected: Expected,
): Promise<void> {
  const program = example.start(backend);
  const url = await urlOf(program);
  const send = async (count: number) => {
    const pids = new Set<number>();
    for (let i = 0; i < count; i++) {
      const greeting = await get(new URL('/hello/you', url));
      pids.add(Number(/^Hello you, this is (\d+)\.$/m.exec(greeting)?.[1]));
    }
    return pids;
  };
  const expectOnAll = async (requests: number) => {
    const page = new URL('/metrics', url);
    await settles(page, expected(requests));
    for (let i = 0; i < WORKERS; i++) {
      const samples = samplesByKey(await get(page));
      t.like(samples, expected(requests));
    }
  };
  const pids = await send(REQUESTS);
  t.is(pids.size, WORKERS, 'all workers answer');
  await expectOnAll(REQUESTS);
  // What the README asks for second.
  const urls = example.commands[1]?.slice(1) ?? [];
  t.deepEqual(
    urls.map((each) => new URL(each).pathname),
    ['/hello/you', '/metrics'],
  );

  const [victim] = pids;
  process.kill(victim as number, 'SIGKILL');
  await program.prints(new RegExp(`(?:worker \\d+ listens[^]*?){${WORKERS + 1}}`));
  await expectOnAll(REQUESTS);
  await send(1);
  await expectOnAll(REQUESTS + 1);
}
