import { execFileSync } from 'node:child_process';

/**
 * Commands that run a program with mounts of its own, which are gone with it. Where the
 * system allows no namespaces to this user, the program does not start and the test fails.
 */

/** Mounts a tmpfs of this size at `directory`, runs `prepare` there, and then the program. */
export function onOwnTmpfs(directory: string, size: string, prepare = ':'): string[] {
  const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && cd "$0" && ${prepare} && exec "$@"`;
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, directory];
}

/** Runs the program with the mounts of a process that `onOwnTmpfs` has started. */
export function withMountsOf(pid: number): string[] {
  return ['nsenter', `--target=${pid}`, '--user', '--preserve-credentials', '--mount'];
}

/** Runs a shell command with the mounts of a process. @throws Error when it fails */
export function runWithMountsOf(pid: number, command: string): void {
  const [nsenter, ...args] = withMountsOf(pid) as [string, ...string[]];
  execFileSync(nsenter, [...args, 'sh', '-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
}
