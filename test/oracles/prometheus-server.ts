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

/** One series over time. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Time in milliseconds and value, one a scrape, oldest first. */
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

/** A real Prometheus server, of the Debian package prometheus, that scrapes one target. */
export class PrometheusServer {
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** The vector that an expression gives now, or at a time. */
  async query(expression: string, timeMs?: number): Promise<readonly QueriedSample[]> {
    const result = await this.#query<{ value: RawSample }>(expression, timeMs);
    return result.map(({ metric, value }) => ({ metric, value: toNumber(value[1]) }));
  }

  /** What was scraped, by a range selector that ends now, or at a time. */
  async scraped(selector: string, timeMs?: number): Promise<readonly QueriedSeries[]> {
    const result = await this.#query<{ values: RawSample[] }>(selector, timeMs);
    return result.map(({ metric, values }) => ({
      metric,
      samples: values.map(([time, value]) => [Math.round(time * 1000), toNumber(value)]),
    }));
  }

  /** The names of all families that the target has, with their types. */
  async types(): Promise<ReadonlyMap<string, string>> {
    const metadata = await this.#get<{ metric: string; type: string }[]>('targets/metadata', {});
    return new Map(metadata.map(({ metric, type }) => [metric, type]));
  }

  async #query<T>(query: string, timeMs: number | undefined): Promise<(Labelled & T)[]> {
    const time = timeMs === undefined ? {} : { time: String(timeMs / 1000) };
    const { result } = await this.#get<{ result: (Labelled & T)[] }>('query', { query, ...time });
    return result;
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const { status, body } = await ask(
      `${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`,
    );
    if (status !== 200) throw new Error(`Prometheus answered ${status}: ${body}`);
    return (JSON.parse(body) as { data: T }).data;
  }
}

type RawSample = [timeSeconds: number, value: string];

interface Labelled {
  readonly metric: Record<string, string>;
}

/**
 * Starts a server that scrapes the port every second as the job `app`, as `scrapeConfig`
 * says besides; it ends with the test.
 */
export function startPrometheus(
  t: Teardown,
  targetPort: number,
  scrapeConfig: object = {},
): Promise<PrometheusServer> {
  const config = path.join(temporaryDirectory(t), 'prometheus.yml');
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
  return startConfigured(t, config);
}

/** Starts a server with a configuration file; it ends with the test. */
export async function startConfigured(t: Teardown, config: string): Promise<PrometheusServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const log = await start(t, port, config);
    if (log === undefined) return new PrometheusServer(port);
    if (attempt === MAX_STARTS) throw new Error(`prometheus did not start: ${log}`);
  }
}

/** Resolves with undefined when the server is ready, and with its log when it ends before. */
async function start(t: Teardown, port: number, config: string): Promise<string | undefined> {
  const server = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(temporaryDirectory(t), 'data')}`,
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
