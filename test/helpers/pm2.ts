import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { eventually } from './application.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

const bin = createRequire(import.meta.url).resolve('pm2/bin/pm2');

/** A process that pm2 has started. */
export interface Instance {
  readonly pid: number;
  /** Of its application. */
  readonly name: string;
  /** pm2's number of the process. */
  readonly id: number;
  /** `NODE_APP_INSTANCE`, where pm2 gives one. */
  readonly number: number | undefined;
}

/** A pm2 with a daemon and a home of its own: both are gone after the test. */
export class Pm2 {
  readonly home: string;
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #seen = new Set<number>();

  constructor(t: Teardown, cwd: string) {
    this.home = temporaryDirectory(t);
    this.#cwd = cwd;
    this.#env = { ...process.env, PM2_HOME: this.home, PM2_DISABLE_VERSION_CHECK: 'true' };
    t.teardown(() => this.kill());
  }

  /** Runs a command of pm2, with `env` for the daemon where it starts one, and for what it starts. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = { cwd: this.#cwd, env: { ...this.#env, ...env } };
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], options);
    return stdout;
  }

  /** Those that run. */
  async instances(): Promise<Instance[]> {
    const list = JSON.parse(await this.run(['jlist', '--silent'])) as {
      readonly pid: number;
      readonly name: string;
      readonly pm_id: number;
      readonly pm2_env: { readonly NODE_APP_INSTANCE?: number };
    }[];
    const running = list.filter(({ pid }) => pid > 0);
    for (const { pid } of running) this.#seen.add(pid);
    return running.map(({ pid, name, pm_id, pm2_env }) => {
      return { pid, name, id: pm_id, number: pm2_env.NODE_APP_INSTANCE };
    });
  }

  /** The daemon's pid; none where it does not run. */
  daemon(): number[] {
    const pidFile = path.join(this.home, 'pm2.pid');
    return existsSync(pidFile) ? [Number(readFileSync(pidFile, 'utf8'))].filter(isRunning) : [];
  }

  /** Ends the daemon and all that it has started. */
  async kill(): Promise<void> {
    const daemon = this.daemon();
    if (daemon.length > 0) {
      await this.instances();
      await this.run(['kill']);
    }
    await eventually(async () => {
      const left = [...daemon, ...this.#seen].filter(isRunning);
      return left.length === 0 ? undefined : `${left} still run`;
    });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
