// What a container engine gives to the containers of one pod, as far as a system without one
// can give it: a network of their own with its loopback, a tmpfs that they share, and for
// each a pid namespace in which its first process is pid 1.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Program } from '../docs/program.js';
import type { Teardown } from './temporary-directory.js';

/** Python, for `ip` may not be there: switches the loopback on. */
const LOOPBACK_UP = [
  'import fcntl, socket, struct',
  'fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))',
].join('; ');

export interface ContainerOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export class Pod {
  readonly #t: Teardown;
  readonly #holder: ChildProcess;

  private constructor(t: Teardown, holder: ChildProcess) {
    this.#t = t;
    this.#holder = holder;
  }

  /** A pod with a tmpfs of 64 MiB at `directory`, which is below /run. */
  static async start(t: Teardown, directory: string): Promise<Pod> {
    const script = [
      `/usr/bin/python3 -c '${LOOPBACK_UP}'`,
      'mount -t tmpfs tmpfs /run',
      `mkdir -p ${directory}`,
      `mount -t tmpfs -o size=64m,mode=0700 tmpfs ${directory}`,
      'echo ready',
      'exec sleep infinity',
    ].join(' && ');
    const holder = new Program(
      spawn('unshare', ['--map-root-user', '--mount', '--net', 'sh', '-c', script], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    t.teardown(async () => {
      holder.process.kill('SIGKILL');
      await holder.end();
    });
    await holder.prints(/^ready$/m);
    return new Pod(t, holder.process);
  }

  /** Starts a container; it is gone when the test is over. */
  run(command: readonly string[], { cwd, env }: ContainerOptions): Container {
    const inPod = [`--target=${this.#holder.pid}`, '--user', '--preserve-credentials'];
    const ownPids = ['--pid', '--fork', '--kill-child', '--mount-proc'];
    const child = spawn(
      'nsenter',
      [...inPod, '--mount', '--net', `--wd=${cwd}`, 'unshare', ...ownPids, ...command],
      { env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const container = new Container(child);
    this.#t.teardown(async () => {
      // With `unshare` goes pid 1, and with it the namespace.
      child.kill('SIGKILL');
      await container.end();
    });
    return container;
  }

  /** Runs a command in a container of its own to its end. @throws Error when it fails */
  async output(command: readonly string[], options: ContainerOptions): Promise<string> {
    const container = this.run(command, options);
    const code = await container.end();
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${container.output}`);
    return container.output;
  }
}

export class Container extends Program {
  /** Signals the container's pid 1, as an engine does. */
  signal(signal: NodeJS.Signals): void {
    const outer = this.process.pid as number;
    const children = readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8');
    process.kill(Number(children.trim()), signal);
  }
}
