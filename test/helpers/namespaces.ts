import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { startChild } from './children.js';
import { WriterProcess } from './scene.js';
import type { Teardown } from './temporary-directory.js';

/**
 * A command that runs the one after it as pid 1 of a pid namespace of its own, as a
 * container's first process is. `/proc` stays that of the namespace outside.
 */
export const AS_PID_1_WITHOUT_PROC: readonly string[] = [
  ...['unshare', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'],
];

/** The same, with a `/proc` of that namespace. */
export const AS_PID_1: readonly string[] = [...AS_PID_1_WITHOUT_PROC, '--mount-proc'];

/** @throws Error that says what is missing where no pid namespace can be made */
export function requirePidNamespaces(): void {
  const [unshare, ...args] = AS_PID_1 as [string, ...string[]];
  try {
    execFileSync(unshare, [...args, 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Error(
      `these tests need Linux, unshare of util-linux, and a system that lets this user make user, mount and pid namespaces and mount /proc in them: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** A writer whose child is a command that runs it in another namespace. */
export class NamespacedWriter extends WriterProcess {
  /** Its pid as it is seen here. */
  get outerPid(): number {
    let last = this.pid;
    for (;;) {
      const [child] = readFileSync(`/proc/${last}/task/${last}/children`, 'utf8').split(' ');
      if (!child) return last;
      last = Number(child);
    }
  }

  /** Kills the writer itself; it is gone, with all that it held, when its command has seen it end. */
  override kill(): Promise<unknown> {
    process.kill(this.outerPid, 'SIGKILL');
    return this.child.exited;
  }
}

type Environment = Readonly<Record<string, string>>;

/** Starts the program `writer` through one of the commands above. */
export function startAsPid1(t: Teardown, env: Environment, command = AS_PID_1): NamespacedWriter {
  return new NamespacedWriter(startChild(t, 'writer', { env, through: command }));
}

/**
 * Starts the program `writer` in the namespace of another one, as the pid that is wanted.
 * `pid` must be free there, and nothing else may start there meanwhile.
 */
export function startWithPid(
  t: Teardown,
  env: Environment,
  inside: NamespacedWriter,
  pid: number,
): NamespacedWriter {
  const script = 'echo "$0" >/proc/sys/kernel/ns_last_pid && { "$@" & wait "$!"; }';
  const through = [
    ...['nsenter', `--target=${inside.outerPid}`, '--user', '--preserve-credentials'],
    ...['--pid', '--mount', 'sh', '-c', script, String(pid - 1)],
  ];
  const child = startChild(t, 'writer', { env, through });
  const writer = new NamespacedWriter(child);
  // It would outlive its command, and its output would stay open.
  t.teardown(() => child.hasEnded || writer.kill());
  return writer;
}
