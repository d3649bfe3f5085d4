import { readFileSync } from 'node:fs';
import type { ServerOptions as TlsOptions } from 'node:https';
import { prepareDirectories } from '../collect/directories.js';
import {
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '../http/server.js';
import { threadState } from '../state.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORIES,
  DIRECTORY_ENTRY,
  type Invocation,
  USAGE_ENTRY,
} from './command.js';
import { namedDirectories } from './directories.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import { print } from './output.js';
import {
  planStatsd,
  STATSD_OPTIONS,
  type StatsdOptions,
  type StatsdPlan,
  startStatsd,
} from './statsd.js';
import { MAX_PORT, wholeNumber } from './values.js';
import { endOf } from './watch.js';

const DEFAULT_PORT = 9464;
const DEFAULT_HOST = '127.0.0.1';

export const serve: CommandSpec = {
  name: 'serve',
  summary: 'serve the merged page of directories: a sidecar',
  description: [
    'Answers GET /metrics with the page of all that was written into the directories, in the text format 0.0.4 or in OpenMetrics 1.0, whichever is asked for, and / with a page for people. A directory need not be there yet: until it is, the answer is 503. A pattern is matched anew at every scrape.',
    'Directories and mounts may be read-only. Where they can be written, what dead writers left is folded into the archive.',
    'With --statsd it is a writer too: what programs send in lines of statsd is counted in the first directory, which must be one that can be written, and is on the page with all else. Counts survive it however it ends.',
    'Prints where it listens, and serves until SIGTERM or SIGINT; then it answers the scrapes that are in flight and ends.',
  ],
  argument: DIRECTORIES,
  options: [
    {
      flags: '-p, --port <number>',
      meaning: 'to listen on; 0 for one that the system gives',
      fallback: DEFAULT_PORT,
      parse: wholeNumber(0, MAX_PORT),
    },
    {
      flags: '--host <address>',
      meaning: 'to listen on; 0.0.0.0 or :: for all of this machine',
      fallback: DEFAULT_HOST,
    },
    {
      flags: '--token-file <file>',
      meaning: 'holds the bearer token that scrapers must send; read again at each scrape',
      completion: 'file',
    },
    { flags: '--tls-cert <file>', meaning: 'certificate, PEM: serve HTTPS', completion: 'file' },
    { flags: '--tls-key <file>', meaning: 'private key of it, PEM', completion: 'file' },
    {
      flags: '--tls-client-ca <file>',
      meaning: 'only clients with a certificate that this one has signed, PEM',
      completion: 'file',
    },
    {
      flags: '--no-ui',
      meaning: 'answer only with the page for scrapers: not / nor /api/families',
    },
    { flags: '--no-self-metrics', meaning: "leave out the library's own families" },
    { flags: '--no-compact', meaning: 'leave the directory as it is, though it can be written' },
    ...STATSD_OPTIONS,
  ],
  exits: [
    ['0', 'ended by SIGTERM or SIGINT'],
    ['1', 'it cannot listen, a file cannot be read, or --statsd cannot write'],
    USAGE_ENTRY,
  ],
  environment: [
    DIRECTORY_ENTRY,
    BACKEND_ENTRY,
    ['PROMETHEUS_MULTIPROC_TOKEN', 'the bearer token, where no file is named'],
  ],
  examples: [
    ['prom-multiproc serve /dev/shm/app', 'on http://127.0.0.1:9464/metrics'],
    [
      "prom-multiproc serve --host :: --token-file token '/metrics/*'",
      'several applications, for whoever knows the token',
    ],
    [
      'prom-multiproc serve --statsd 9125 /dev/shm/app',
      'with what programs send in lines of statsd, by UDP and TCP',
    ],
  ],
  run,
};

interface Options extends StatsdOptions {
  readonly port: number;
  readonly host: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly ui: boolean;
  readonly selfMetrics: boolean;
  readonly compact: boolean;
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const dir = namedDirectories(invocation);
  const { port, host, tokenFile, ui, selfMetrics, compact, ...rest } =
    invocation.options as unknown as Options;
  const statsd = await planStatsd(rest, dir);
  // A file is no directory now, and will be none at the first scrape.
  prepareDirectories(dir, threadState());
  if (tokenFile !== undefined) read(tokenFile);
  const tls = tlsOptions(rest);
  const told = endOf(['SIGTERM', 'SIGINT']);
  const server = await listen({ dir, port, host, tokenFile, tls, ui, selfMetrics, compact });
  try {
    await serveUntil(told, server, statsd);
  } finally {
    await server.close();
  }
  return ExitCode.done;
}

async function serveUntil(
  told: AbortSignal,
  server: MetricsServer,
  statsd: StatsdPlan | undefined,
): Promise<void> {
  const listener = statsd && (await startStatsd(statsd));
  await print(`listening on ${server.url}\n`);
  if (listener !== undefined) await print(`taking statsd lines on ${listener.authority}\n`);
  await new Promise<void>((resolve) => {
    if (told.aborted) resolve();
    told.addEventListener('abort', () => resolve(), { once: true });
  });
  await listener?.close();
}

async function listen(options: MetricsServerOptions): Promise<MetricsServer> {
  try {
    return await startMetricsServer(options);
  } catch (error) {
    const { message } = error as Error;
    throw new CommandFailure(ExitCode.failed, `cannot serve: ${message}`, { cause: error });
  }
}

function tlsOptions({
  tlsCert,
  tlsKey,
  tlsClientCa,
}: Pick<Options, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>): TlsOptions | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CommandFailure(ExitCode.usage, 'HTTPS needs both --tls-cert and --tls-key');
  }
  const clients =
    tlsClientCa === undefined
      ? {}
      : { ca: read(tlsClientCa), requestCert: true, rejectUnauthorized: true };
  return { cert: read(tlsCert), key: read(tlsKey), ...clients };
}

/** What it cannot read now it says now, not at the first scrape. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { message } = error as Error;
    throw new CommandFailure(ExitCode.failed, `cannot read ${file}: ${message}`, { cause: error });
  }
}
