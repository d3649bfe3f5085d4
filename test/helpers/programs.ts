import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

/** A child process that runs a compiled program of `test/programs/` and is killed when the test ends. */
export function startProgram(
  t: ExecutionContext,
  name: string,
  args: readonly string[],
  options: { readonly execArgv?: readonly string[] } = {},
): ChildProcess {
  const path = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [...(options.execArgv ?? []), path, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return child;
}

/** The child's next message. Rejects when it ends without one. */
export function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null): void => {
      reject(new Error(`the program ended with ${signal ?? code} and sent nothing`));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
