// HTTP/2, through node:http2's streams, its compatible requests, and frameworks on it.

import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import KoaRouter from '@koa/router';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import Fastify from 'fastify';
import Koa from 'koa';
import { countException, setRoute } from '../../../src/integrations/http-metrics/index.js';
import { selfSigned } from '../../helpers/certificate.js';
import { Gate } from '../../helpers/gate.js';
import { measureHttp, samplesOf, served } from '../../helpers/http-metrics.js';

async function clientOf(
  t: ExecutionContext,
  server: Http2Server | Http2SecureServer,
  scheme = 'http',
): Promise<ClientHttp2Session> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  return client;
}

/** Sends a request and reads its answer to the end. */
async function ask(
  client: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body = '',
): Promise<void> {
  const stream: ClientHttp2Stream = client.request(
    { ':path': '/', ...headers },
    { endStream: body === '' },
  );
  stream.resume();
  if (body !== '') stream.end(body);
  await once(stream, 'close');
}

/** Resolves when the server has done with every stream that it has. */
async function settled(client: ClientHttp2Session): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.ping((error) => (error === null ? resolve() : reject(error)));
  });
}

test.serial('requests count, with their route, status and stated sizes', async (t) => {
  measureHttp(t);
  const server = createServer((req, res) => {
    setRoute(req, '/users/:id');
    if (req.method === 'POST') {
      res.statusCode = 201;
      res.setHeader('content-length', 4);
      req.resume().on('end', () => res.end('done'));
    } else res.end();
  });
  const client = await clientOf(t, server);
  await ask(client, { ':path': '/users/1' });
  await ask(client, { ':path': '/users/2', ':method': 'POST', 'content-length': '3' }, 'abc');
  await ask(client, { ':path': '/metrics' });
  await ask(client, { ':path': '/x', ':method': 'BREW' });
  await settled(client);
  t.deepEqual(await served(), {
    'GET /users/:id 200': 1,
    'OTHER /users/:id 200': 1,
    'POST /users/:id 201': 1,
  });
  const sums = await samplesOf('http_server_re');
  const of = (what: string) => sums[`http_server_${what}{method="POST",route="/users/:id"}`];
  t.is(of('request_body_size_bytes_sum'), 3);
  t.is(of('response_body_size_bytes_sum'), 4);
  t.is(of('response_body_size_bytes_count'), 1);
  const inFlight = await samplesOf('http_server_requests_in_flight');
  t.deepEqual(Object.values(inFlight), [0, 0, 0]);
});

test.serial(
  'a server of streams alone is measured, and gets no requests made for it',
  async (t) => {
    measureHttp(t, { labels: { encrypted: ({ isEncrypted }) => isEncrypted } });
    const server = createSecureServer(selfSigned(t));
    server.on('stream', (stream) => {
      stream.respond({ ':status': 404 });
      stream.end('none');
    });
    const client = await clientOf(t, server, 'https');
    await ask(client, {});
    await settled(client);
    t.deepEqual(await served(), { 'GET unmatched 404': 1 });
    t.is(server.listenerCount('request'), 0);
    const [key] = Object.keys(await samplesOf('http_server_request_duration_seconds_count'));
    t.regex(key ?? '', /encrypted="true"/);
  },
);

test.serial('streams that a client or the server ends early are aborted', async (t) => {
  measureHttp(t);
  const arrived = new Gate();
  const gone = new Gate();
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/reset') {
      stream.respond({ ':status': 200 });
      stream.write('half');
      stream.close(2);
      return;
    }
    stream.on('close', () => setImmediate(() => gone.open()));
    arrived.open();
  });
  const client = await clientOf(t, server);
  const reset = client.request({ ':path': '/reset' });
  await t.throwsAsync(once(reset.resume(), 'end'));
  const left = client.request({ ':path': '/left', ':method': 'DELETE' });
  await arrived.opened;
  left.close(8);
  await gone.opened;
  const name = 'http_server_aborted_total';
  t.deepEqual(await samplesOf(name), {
    [`${name}{method="DELETE",route="unmatched"}`]: 1,
    [`${name}{method="GET",route="unmatched"}`]: 1,
  });
  t.deepEqual(await served(), {});
});

test.serial('Fastify and Koa over HTTP/2 have their routes and errors', async (t) => {
  measureHttp(t);
  const fastify = Fastify({ http2: true });
  fastify.get('/fastify/:id', async () => {
    throw new RangeError('no');
  });
  await fastify.ready();
  const client = await clientOf(t, fastify.server as unknown as Http2Server);
  await ask(client, { ':path': '/fastify/1' });
  await settled(client);
  const router = new KoaRouter().get('/koa/:id', (ctx) => {
    countException(ctx.req, new SyntaxError('counted'));
    ctx.body = 'one';
  });
  const koa = new Koa().use(router.routes());
  const second = await clientOf(t, createServer(koa.callback()));
  await ask(second, { ':path': '/koa/1' });
  await settled(second);
  t.deepEqual(await served(), { 'GET /fastify/:id 500': 1, 'GET /koa/:id 200': 1 });
  const name = 'http_server_exceptions_total';
  t.deepEqual(await samplesOf(name), {
    [`${name}{route="/fastify/:id",type="RangeError"}`]: 1,
    [`${name}{route="/koa/:id",type="SyntaxError"}`]: 1,
  });
});

test.serial('HTTP/1 on a server of both counts once', async (t) => {
  measureHttp(t);
  const server = createSecureServer({ ...selfSigned(t), allowHTTP1: true }, (_, res) => res.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { request } = await import('node:https');
  const sent = request({ port, rejectUnauthorized: false, agent: false }).end();
  const [response] = await once(sent, 'response');
  await once(response.resume(), 'end');
  t.deepEqual(await served(), { 'GET unmatched 200': 1 });
});
