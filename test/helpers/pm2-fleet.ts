import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { eventually } from './application.js';
import { type Instance, Pm2 } from './pm2.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

const APP = fileURLToPath(new URL('../programs/pm2-app.js', import.meta.url));

/** Instances of the program `pm2-app` in one directory, whatever pm2 calls them. */
export class Pm2Fleet {
  readonly pm2: Pm2;
  readonly dir: string;
  readonly #backend: string;
  readonly #sockets: string;
  #asked = 0;

  constructor(t: Teardown, backend: string) {
    this.dir = temporaryDirectory(t);
    this.#sockets = temporaryDirectory(t);
    this.#backend = backend;
    this.pm2 = new Pm2(t, path.dirname(APP));
  }

  /** Starts an application, and resolves when all its instances listen. */
  async start(
    name: string,
    mode: 'cluster' | 'fork',
    instances: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const app = {
      name,
      script: APP,
      exec_mode: mode,
      instances,
      wait_ready: true,
      env: {
        PROMETHEUS_MULTIPROC_DIR: this.dir,
        PROMETHEUS_MULTIPROC_BACKEND: this.#backend,
        PROMETHEUS_MULTIPROC_WRITER_NAME: 'w{NODE_APP_INSTANCE}',
        APP_SOCKETS: this.#sockets,
        ...env,
      },
    };
    const ecosystem = path.join(this.pm2.home, `${name}.json`);
    writeFileSync(ecosystem, JSON.stringify({ apps: [app] }));
    await this.pm2.run(['start', ecosystem]);
  }

  /** Kills an instance with SIGKILL, and waits for pm2 to have replaced it; its pid. */
  async killOne(): Promise<number> {
    const before = await this.pm2.instances();
    const { pid: victim } = before[0] as Instance;
    process.kill(victim, 'SIGKILL');
    await eventually(async () => {
      const pids = (await this.pm2.instances()).map(({ pid }) => pid);
      const replaced = pids.length === before.length && !pids.includes(victim);
      return replaced ? undefined : `${pids} run`;
    });
    return victim;
  }

  /** The answer of an instance, the next one at every call; undefined where it went meanwhile, or there is none. */
  async ask(url: string): Promise<string | undefined> {
    const sockets = readdirSync(this.#sockets).sort();
    const socket = sockets[this.#asked++ % sockets.length];
    if (socket === undefined) return undefined;
    const socketPath = path.join(this.#sockets, socket);
    try {
      const sent = request({ socketPath, path: url, agent: false });
      sent.end();
      const [response] = await once(sent, 'response');
      let body = '';
      for await (const text of response.setEncoding('utf8')) body += text;
      return body;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (/^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/.test(code)) return undefined;
      throw error;
    }
  }

  /** The page of an instance that lives: the next one at every call. */
  async page(): Promise<string> {
    for (;;) {
      const page = await this.ask('/metrics');
      if (page !== undefined) return page;
    }
  }
}
