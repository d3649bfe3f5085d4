// The metrics server as clients meet it: good ones, slow ones and hostile ones, over raw sockets.

import { once } from 'node:events';
import { request } from 'node:https';
import test, { type ExecutionContext } from 'ava';
import { type MetricsServerOptions, startMetricsServer } from '../../src/index.js';
import { MAX_REQUEST_HEADER_BYTES } from '../../src/limits.js';
import { eventually } from '../helpers/application.js';
import { selfSigned } from '../helpers/certificate.js';
import { ask } from '../helpers/http.js';
import { RawConnection } from '../helpers/sockets.js';

async function start(t: ExecutionContext, options: Partial<MetricsServerOptions> = {}) {
  const server = await startMetricsServer({ port: 0, ...options });
  t.teardown(() => server.close());
  return { server, url: server.url as string };
}

test('it serves the page on this machine only, unless told otherwise', async (t) => {
  const { server, url } = await start(t);
  t.is(server.address?.address, '127.0.0.1');
  t.is(url, `http://127.0.0.1:${server.address?.port}/metrics`);
  const { status, body } = await ask(url);
  t.is(status, 200);
  t.regex(body, /^prom_multiproc_info\{/m);
  const { url: everywhere } = await start(t, { host: '::', path: '/m' });
  t.regex(everywhere, /^http:\/\/\[::\]:\d+\/m$/);
});

test('another path is not found, whatever it looks like', async (t) => {
  const { url } = await start(t);
  const { origin, port } = new URL(url);
  for (const path of [
    '/index.html',
    '/metrics/',
    '/Metrics',
    '/metricsx',
    '/%6detrics',
    '//metrics',
    '/favicon.ico',
  ]) {
    const { status, body } = await ask(`${origin}${path}`);
    t.is(status, 404, path);
    t.is(body, 'Not Found\n');
  }
  for (const target of ['/x/../metrics', `http://127.0.0.1:${port}/metrics`, '*', '/etc/passwd']) {
    const connection = new RawConnection(url);
    await connection.get(target);
    t.regex(connection.received, /^HTTP\/1\.1 404 Not Found\r\n/, target);
    connection.socket.destroy();
  }
  t.is((await ask(`${url}?name[]=x`)).status, 200);
  t.is((await ask(url, { method: 'DELETE' })).status, 405);
});

test('the path can be another', async (t) => {
  const { url } = await start(t, { path: '/internal/m' });
  t.is((await ask(url)).status, 200);
  t.is((await ask(new URL('/metrics', url).href)).status, 404);
});

test('it asks for the token', async (t) => {
  const { url } = await start(t, { token: 'abc' });
  t.is((await ask(url)).status, 401);
  t.is((await ask(url, { headers: { Authorization: 'Bearer abc' } })).status, 200);
});

test('clients that send their headers slowly, or nothing, are cut off', async (t) => {
  const { url } = await start(t);
  const [silent, half, dripping] = [0, 1, 2].map(() => new RawConnection(url)) as [
    RawConnection,
    RawConnection,
    RawConnection,
  ];
  half.socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
  dripping.socket.write('GET /metrics HTTP/1.1\r\n');
  let line = 0;
  const drip = setInterval(() => dripping.socket.write(`X-${line++}: slow\r\n`), 100);
  t.teardown(() => clearInterval(drip));
  await Promise.all([silent.closed, half.closed, dripping.closed]);
  t.true(line > 10, 'it was kept alive by nothing but its drip');
  for (const { received } of [silent, half, dripping]) {
    t.regex(received, /^HTTP\/1\.1 408 /);
  }
  t.is((await ask(url)).status, 200);
});

test('a client that sends its body slowly is cut off', async (t) => {
  const { url } = await start(t);
  const connection = new RawConnection(url);
  connection.socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  const drip = setInterval(() => connection.socket.write('x'), 100);
  t.teardown(() => clearInterval(drip));
  await connection.closed;
  t.regex(connection.received, /^HTTP\/1\.1 (?:200|408) /);
});

test('headers that are too many or too long are refused', async (t) => {
  const { url } = await start(t);
  const long = 'x'.repeat(MAX_REQUEST_HEADER_BYTES);
  for (const text of [
    `GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: ${long}\r\n\r\n`,
    `GET /metrics?name[]=${long} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET /metrics HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(MAX_REQUEST_HEADER_BYTES)}\r\n`,
  ]) {
    const connection = new RawConnection(url);
    connection.socket.write(text);
    await connection.closed;
    t.regex(connection.received, /^HTTP\/1\.1 431 /);
    t.false(connection.received.includes('xxx'));
  }
});

test('a client that asks and asks, and reads no answer, is cut off', async (t) => {
  const { url } = await start(t, { maxConnections: 1, timeoutMs: 100 });
  const greedy = new RawConnection(url);
  greedy.socket.pause();
  // Answers of some 20 MB.
  greedy.socket.write('GET /none HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100_000));
  await greedy.opened();
  // Its connection is the one that there may be.
  await eventually(async () => {
    try {
      return (await ask(url)).status === 200 ? undefined : 'no page';
    } catch (error) {
      return String(error);
    }
  });
  t.false(greedy.socket.destroyed);
  greedy.socket.destroy();
});

test('what is no HTTP is refused', async (t) => {
  const { url } = await start(t);
  const connection = new RawConnection(url);
  connection.socket.write('\x16\x03\x01\x02\x00\r\n\r\n');
  await connection.closed;
  t.regex(connection.received, /^HTTP\/1\.1 400 /);
});

test('one connection too many is closed, and those that are there are served', async (t) => {
  const { url } = await start(t, { maxConnections: 2 });
  const known = [new RawConnection(url), new RawConnection(url)];
  for (const connection of known) await connection.get('/metrics');
  const further = new RawConnection(url);
  await further.closed;
  t.is(further.received, '');
  for (const connection of known) {
    await connection.get('/none');
    t.regex(connection.received, /HTTP\/1\.1 404 /);
  }
  (known[0] as RawConnection).socket.destroy();
});

test('with a certificate it speaks TLS, and nothing else', async (t) => {
  const { key, cert } = selfSigned(t);
  const { url } = await start(t, { tls: { key, cert, minVersion: 'TLSv1.3' }, token: 'abc' });
  t.regex(url, /^https:/);
  const sent = request(url, { ca: cert, agent: false, headers: { Authorization: 'Bearer abc' } });
  sent.end();
  const [response] = await once(sent, 'response');
  t.is(response.statusCode, 200);
  t.is(response.socket.getProtocol(), 'TLSv1.3');
  let page = '';
  for await (const piece of response) page += piece;
  t.regex(page, /^prom_multiproc_info\{/m);
  await t.throwsAsync(ask(url.replace('https:', 'http:')));
  const silent = new RawConnection(url);
  await silent.closed;
  t.is(silent.received, '');
  const old = request(url, { ca: cert, agent: false, maxVersion: 'TLSv1.2' });
  old.end();
  await t.throwsAsync(once(old, 'response'));
});

test('a port that is taken is an error', async (t) => {
  const { server } = await start(t);
  await t.throwsAsync(startMetricsServer({ port: server.address?.port as number }), {
    code: 'EADDRINUSE',
  });
});

test('options that cannot be are refused', async (t) => {
  const wrong: readonly (Partial<MetricsServerOptions> | { port: unknown })[] = [
    { port: -1 },
    { port: 65536 },
    { port: '3000' },
    { port: undefined },
    { port: 0, takeOver: true },
    { maxConnections: 0 },
    { path: 'metrics' },
    { path: '/metrics?x' },
    { tls: {} },
    { tls: { cert: 'x' } },
    { token: '' },
    { timeoutMs: -1 },
  ];
  for (const options of wrong) {
    await t.throwsAsync(startMetricsServer({ port: 0, ...(options as object) }), {
      message: new RegExp(
        Object.keys(options).at(-1) === 'takeOver' ? 'port' : `${Object.keys(options)[0]}`,
      ),
    });
  }
});
