import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ask, freePort } from '../helpers/http.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const READY = 'Server is ready to receive web requests';
/** Somebody else may take the port between asking for it and using it. */
const MAX_STARTS = 3;

/** One series as the query API gives it. */
export interface QueriedSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus server, of the Debian package prometheus, that scrapes one target. */
export class PrometheusServer {
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** The vector that an expression gives now. */
  async query(expression: string): Promise<readonly QueriedSample[]> {
    const { status, body } = await ask(
      `${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    if (status !== 200) throw new Error(`Prometheus answered ${status}: ${body}`);
    const { data } = JSON.parse(body) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: toNumber(value[1]) }));
  }
}

/**
 * Starts a server that scrapes the port every second as the job `app`, as `scrapeConfig`
 * says besides; it ends with the test.
 */
export async function startPrometheus(
  t: Teardown,
  targetPort: number,
  scrapeConfig: object = {},
): Promise<PrometheusServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const log = await start(t, port, targetPort, scrapeConfig);
    if (log === undefined) return new PrometheusServer(port);
    if (attempt === MAX_STARTS) throw new Error(`prometheus did not start: ${log}`);
  }
}

/** Resolves with undefined when the server is ready, and with its log when it ends before. */
async function start(
  t: Teardown,
  port: number,
  targetPort: number,
  scrapeConfig: object,
): Promise<string | undefined> {
  const dir = temporaryDirectory(t);
  const config = path.join(dir, 'prometheus.yml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'app',
          static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }],
          ...scrapeConfig,
        },
      ],
    }),
  );
  const server = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const closed = once(server, 'close');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await closed;
  });
  await once(server, 'spawn');
  let log = '';
  for await (const line of createInterface({ input: server.stderr })) {
    log += `${line}\n`;
    if (line.includes(READY)) {
      server.stderr.resume();
      return undefined;
    }
  }
  return log;
}

function toNumber(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
