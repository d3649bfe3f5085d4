// Outgoing requests, by fetch and by node:http, to servers that answer, fail and are not there.

import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import test from 'ava';
import { freePort, serve } from '../../helpers/http.js';
import { labelsOf, measureHttp, samplesOf } from '../../helpers/http-metrics.js';

/** Requests sent, by method, host and status: `GET 127.0.0.1:80 200`. */
async function sent(): Promise<Record<string, number>> {
  const name = 'http_client_request_duration_seconds_count';
  return Object.fromEntries(
    Object.entries(await samplesOf(name)).map(([key, count]) => {
      const { method, host, status } = labelsOf(key, name);
      return [`${method} ${host} ${status}`, count];
    }),
  );
}

/** Sends a request by node:http and resolves when it is over. */
async function ask(url: string, headers: OutgoingHttpHeaders = {}): Promise<void> {
  const asked = get(url, { agent: false, headers });
  asked.on('response', (response) => response.resume());
  await once(asked, 'close');
}

const hostOf = (url: string) => new URL(url).host;

test.serial('requests of fetch and of node:http count by method, host and status', async (t) => {
  measureHttp(t);
  const url = await serve(t, (req, res) => {
    res.statusCode = req.method === 'POST' ? 201 : 200;
    res.end('done');
  });
  await (await fetch(`${url}/a?b=c`)).text();
  await (await fetch(url, { method: 'POST', body: 'x' })).text();
  await ask(`${url}/b`);
  const host = hostOf(url);
  t.deepEqual(await sent(), { [`GET ${host} 200`]: 2, [`POST ${host} 201`]: 1 });
});

test.serial('the time is that until the last byte', async (t) => {
  measureHttp(t);
  const url = await serve(t, (_, res) => {
    res.write('first');
    setTimeout(() => res.end('last'), 60);
  });
  await (await fetch(url)).text();
  await ask(url);
  const name = 'http_client_request_duration_seconds_sum';
  const [seconds = 0] = Object.values(await samplesOf(name));
  t.true(seconds > 0.1 && seconds < 20, `${seconds}`);
});

test.serial('requests that get no whole response have the status error', async (t) => {
  measureHttp(t);
  const broken = createTcpServer((socket) => {
    socket.once('data', () => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    });
  }).listen(0, '127.0.0.1');
  await once(broken, 'listening');
  t.teardown(() => broken.close());
  const half = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  const nobody = `http://127.0.0.1:${await freePort()}`;
  for (const url of [half, nobody]) {
    await t.throwsAsync(fetch(url).then((response) => response.text()));
    const asked = get(url, { agent: false });
    const closed = once(asked, 'close').catch(() => once(asked, 'close'));
    asked.on('error', () => {});
    asked.on('response', (response: IncomingMessage) => response.on('error', () => {}).resume());
    await closed;
  }
  t.deepEqual(await sent(), {
    [`GET ${hostOf(half)} error`]: 2,
    [`GET ${hostOf(nobody)} error`]: 2,
  });
});

test.serial('an error that nobody handles is still nobody else’s', async (t) => {
  measureHttp(t);
  const asked = request(`http://127.0.0.1:${await freePort()}`);
  t.is(asked.listenerCount('error'), 0);
  asked.on('error', () => {}).end();
  await new Promise((resolve) => asked.once('close', resolve));
});

test.serial('hosts that are not on the list are other', async (t) => {
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => serve(t, (_, res) => res.end())));
  measureHttp(t, { client: { hosts: [hostOf(a as string), 'LOCALHOST'], buckets: [1] } });
  for (const url of [a, b, c]) await ask(url as string);
  const { port } = new URL(b as string);
  await ask(`http://127.0.0.1:${port}`, { host: 'localhost:1234' });
  t.deepEqual(await sent(), {
    [`GET ${hostOf(a as string)} 200`]: 1,
    'GET localhost 200': 1,
    'GET other 200': 2,
  });
  const bounds = await samplesOf('http_client_request_duration_seconds_count');
  t.is(Object.keys(bounds).length, 3);
});

test.serial('without a list fifty hosts have a name', async (t) => {
  measureHttp(t);
  const url = await serve(t, (_, res) => res.end());
  for (let i = 0; i < 55; i++) await ask(url, { host: `host-${i}.example` });
  const counts = await sent();
  t.is(Object.keys(counts).length, 51);
  t.is(counts['GET other 200'], 5);
});

test.serial('where they are switched off there is no such metric', async (t) => {
  measureHttp(t, { client: false });
  const server = createServer((_, res) => res.end());
  t.is(server.listenerCount('request'), 1);
  const url = await serve(t, (_, res) => res.end());
  await ask(url);
  t.deepEqual(await samplesOf('http_client'), {});
});
