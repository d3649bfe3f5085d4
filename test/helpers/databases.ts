// A real PostgreSQL and a real Redis, of Debian's packages, on loopback and in directories
// of their own.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from './http.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

/** Where Debian keeps PostgreSQL's programs, by version. */
const POSTGRESQL = '/usr/lib/postgresql';
const ACCOUNT = 'postgres';
/** Somebody else may take the port between asking for it and using it. */
const MAX_STARTS = 3;

/** @returns the port of a server with a database, a user and trust for both called `postgres` */
export function startPostgreSql(t: Teardown): Promise<number> {
  const dir = temporaryDirectory(t);
  const data = path.join(dir, 'data');
  const [newest] = readdirSync(POSTGRESQL).sort((a, b) => Number(b) - Number(a));
  const program = (name: string) => path.join(POSTGRESQL, newest ?? '', 'bin', name);
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const become = isRoot ? ['setpriv', `--reuid=${ACCOUNT}`, `--regid=${ACCOUNT}`] : [];
  if (isRoot) {
    chmodSync(dir, 0o755);
    execFileSync('chown', [`${ACCOUNT}:`, dir]);
  }
  const run = (...words: string[]): readonly [string, ...string[]] => {
    const [command = '', ...args] = [...become, ...(isRoot ? ['--clear-groups'] : []), ...words];
    return [command, ...args];
  };
  const [initdb, ...args] = run(
    program('initdb'),
    ...['--pgdata', data, '--username', ACCOUNT, '--auth', 'trust', '--no-sync', '--locale', 'C'],
  );
  execFileSync(initdb, args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  return startServer(t, {
    command: (port) =>
      run(
        program('postgres'),
        ...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', dir, '-F'],
      ),
    cwd: dir,
    ready: 'database system is ready to accept connections',
    log: (child) => child.stderr,
    // At once, whoever is connected.
    stop: 'SIGINT',
  });
}

/** @returns the port of an empty server */
export function startRedis(t: Teardown): Promise<number> {
  const dir = temporaryDirectory(t);
  return startServer(t, {
    command: (port) => [
      'redis-server',
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', dir],
      ...['--save', '', '--appendonly', 'no'],
    ],
    cwd: dir,
    ready: 'Ready to accept connections',
    log: (child) => child.stdout,
    stop: 'SIGTERM',
  });
}

interface ServerOptions {
  readonly command: (port: number) => readonly [string, ...string[]];
  readonly cwd: string;
  /** What it says when it can be used. */
  readonly ready: string;
  readonly log: (child: ChildProcess) => Readable | null;
  readonly stop: NodeJS.Signals;
}

async function startServer(t: Teardown, options: ServerOptions): Promise<number> {
  const said: string[] = [];
  for (let start = 0; start < MAX_STARTS; start++) {
    const port = await freePort();
    const [command, ...args] = options.command(port);
    const child = spawn(command, args, { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    t.teardown(async () => {
      if (child.exitCode === null) child.kill(options.stop);
      await ended;
    });
    child.stdout.on('data', (text) => said.push(String(text)));
    child.stderr.on('data', (text) => said.push(String(text)));
    if (await says(options, child, ended)) return port;
  }
  throw new Error(`the server did not start: ${said.join('')}`);
}

/** Whether it said that it can be used before it ended. */
async function says(
  { log, ready }: ServerOptions,
  child: ChildProcess,
  ended: Promise<unknown>,
): Promise<boolean> {
  const input = log(child);
  if (input === null) throw new Error('nothing can be read of the server');
  const lines = createInterface({ input });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes(ready)) resolve(true);
    });
    ended.then(() => resolve(false), reject);
  });
}
