import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startTicksOf } from '../../src/processes/identity.js';
import { openDescriptors } from './descriptors.js';
import type { Teardown } from './temporary-directory.js';

/** A process that does nothing until it is killed. */
export interface IdleProcess {
  readonly pid: number;
  /** Resolves once it has ended. */
  kill(): Promise<void>;
}

/** One that is waited for when it ends. */
export function startIdle(t: Teardown): IdleProcess {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  t.teardown(kill);
  return { pid: child.pid as number, kill };
}

/** One that nobody waits for before the test is over: a zombie once it has ended. */
export async function startUnawaited(t: Teardown): Promise<IdleProcess> {
  // The shell becomes a process that waits for no child, and says so by its output.
  const script = 'cat <&3 >/dev/null & echo $!; exec cat 3<&-';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
  const exited = once(parent, 'exit');
  t.teardown(async () => {
    // With its end descriptor 3 ends, and so does the other, if it has not yet.
    parent.kill('SIGKILL');
    parent.stdio[3]?.destroy();
    await exited;
  });
  const lines = createInterface({ input: parent.stdout as Readable })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  parent.stdin?.write('the shell is gone\n');
  await lines.next();
  const kill = async () => {
    process.kill(pid, 'SIGKILL');
    while (!Number.isNaN(startTicksOf(pid))) await new Promise(setImmediate);
  };
  return { pid, kill };
}

/** Pids of the processes that this one has a descriptor for, to see that they run. */
export function watchedPids(): number[] {
  return openDescriptors().flatMap(([, path]) => {
    const match = /^\/proc\/(\d+)\/statm$/.exec(path);
    return match === null ? [] : [Number(match[1])];
  });
}
