/** A server of one framework, measured by one side or by none: `server.js FRAMEWORK SIDE`. */

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parsePage } from '../support/page.js';
import { answer } from '../support/peer.js';

/** What `Served` is asked of the parent. */
export interface Spent {
  /** Processor time of this process so far, in microseconds. */
  readonly cpuUs: number;
  /** Requests that the side has counted; undefined where there is none. */
  readonly counted: number | undefined;
}

/** A side's page, and the name under which it has the number of requests. */
interface Measuring {
  readonly page: () => Promise<string>;
  readonly countName: string;
}

const [framework = '', side = ''] = process.argv.slice(2);

const TEXT = 'Hello\n';

async function ours(): Promise<Measuring> {
  const { collect } = await import('../../src/index.js');
  const { instrumentHttp } = await import('../../src/integrations/http-metrics/index.js');
  instrumentHttp();
  return { page: () => collect(), countName: 'http_server_request_duration_seconds_count' };
}

const SERVERS: Readonly<Record<string, () => Promise<{ server: Server; theirs?: Measuring }>>> = {
  http: async () => ({ server: createServer((_, res) => res.end(TEXT)) }),

  async express() {
    const { default: express } = await import('express');
    const app = express();
    let theirs: Measuring | undefined;
    if (side === 'peer') {
      const { default: promBundle } = await import('express-prom-bundle');
      const { register } = await import('prom-client');
      app.use(promBundle({ includeMethod: true, includePath: true }) as never);
      const page = () => register.metrics();
      theirs = { page, countName: 'http_request_duration_seconds_count' };
    }
    app.get('/users/:id', (_, res) => void res.end(TEXT));
    const server = createServer(app as RequestListener);
    return theirs === undefined ? { server } : { server, theirs };
  },

  async fastify() {
    const { default: fastify } = await import('fastify');
    const app = fastify();
    let theirs: Measuring | undefined;
    if (side === 'peer') {
      const { default: plugin } = await import('fastify-metrics');
      await app.register(plugin.default as never, { defaultMetrics: { enabled: false } } as never);
      const { metrics } = app as unknown as {
        metrics: { client: { register: { metrics(): Promise<string> } } };
      };
      const page = () => metrics.client.register.metrics();
      theirs = { page, countName: 'http_request_duration_seconds_count' };
    }
    app.get('/users/:id', (_, reply) => reply.send(TEXT));
    await app.ready();
    return theirs === undefined ? { server: app.server } : { server: app.server, theirs };
  },
};

const own = side === 'own' ? await ours() : undefined;
const make = SERVERS[framework];
if (make === undefined) throw new Error(`no framework ${framework}`);
const { server, theirs } = await make();
const measuring = own ?? theirs;

answer({
  async listen(): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  async spent(): Promise<Spent> {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, counted: measuring && (await countOf(measuring)) };
  },
});

// A server that listens would go on.
process.on('disconnect', () => process.exit());

async function countOf({ page, countName }: Measuring): Promise<number> {
  let sum = 0;
  for (const [key, value] of parsePage(await page())) {
    if (key === countName || key.startsWith(`${countName}{`)) sum += value;
  }
  return sum;
}
