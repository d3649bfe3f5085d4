// What is measured of a request on node:http and node:https, whatever clients send.

import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { collect } from '../../../src/index.js';
import { selfSigned } from '../../helpers/certificate.js';
import { Gate } from '../../helpers/gate.js';
import { ask, serve } from '../../helpers/http.js';
import { measureHttp, samplesOf, served } from '../../helpers/http-metrics.js';
import { samplesByKey } from '../../helpers/page-samples.js';

/** A connection to a server, closed with the test. */
async function connectTo(t: ExecutionContext, url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  t.teardown(() => socket.destroy());
  return socket;
}

test.serial('requests count by method, route and status, and their time is measured', async (t) => {
  measureHttp(t);
  const url = await serve(t, (req, res) => {
    res.statusCode = req.method === 'POST' ? 201 : 200;
    setTimeout(() => res.end('done'), 20);
  });
  await ask(url);
  await ask(url);
  await ask(url, { method: 'POST' });
  t.deepEqual(await served(), { 'GET unmatched 200': 2, 'POST unmatched 201': 1 });
  const samples = samplesByKey(await collect());
  const labels = 'method="GET",route="unmatched",status="200"';
  const seconds = samples[`http_server_request_duration_seconds_sum{${labels}}`] ?? 0;
  t.true(seconds > 0.03 && seconds < 10, `${seconds}`);
  t.is(
    samples[
      'http_server_request_duration_seconds_bucket{le="0.01",method="GET",route="unmatched",status="200"}'
    ],
    0,
  );
});

test.serial('ten thousand random paths make one series', async (t) => {
  measureHttp(t);
  const url = await serve(t, (_, res) => res.writeHead(404).end());
  const socket = await connectTo(t, url);
  const path = (i: number) => `/${i}%00'(),;=?${'%F0%9F%92%A9'.repeat(i % 3)}<b>`;
  for (let i = 0; i < 10_000; i++) socket.write(`GET ${path(i)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  // The last is answered last, and its connection closed.
  socket.write('GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  t.deepEqual(await served(), { 'GET unmatched 404': 10_001 });
});

test.serial(
  'a method that the parser does not know never gets so far as to be counted',
  async (t) => {
    measureHttp(t);
    const url = await serve(t, (_, res) => res.end());
    const socket = await connectTo(t, url);
    socket.end('BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = await once(socket, 'data');
    t.regex(`${answer}`, /^HTTP\/1.1 400/);
    t.deepEqual(await served(), {});
  },
);

test.serial('sizes of bodies are those that headers state, or what was sent', async (t) => {
  measureHttp(t);
  const url = await serve(t, async (req, res) => {
    for await (const _ of req);
    if (req.url === '/implied') res.end('12345');
    if (req.url === '/written') res.writeHead(200, { 'content-length': '7' }).end('1234567');
    if (req.url === '/none') res.writeHead(204).end();
    if (req.url === '/chunks') {
      res.write('a'.repeat(1_000));
      res.end();
    }
  });
  const total = async (name: string, method: string) => {
    const key = `http_server_${name}_body_size_bytes`;
    const samples = await samplesOf(key);
    const labels = `{method="${method}",route="unmatched"}`;
    return [samples[`${key}_count${labels}`] ?? 0, samples[`${key}_sum${labels}`] ?? 0];
  };
  await ask(`${url}/implied`);
  t.deepEqual(await total('response', 'GET'), [1, 5]);
  await ask(`${url}/written`);
  t.deepEqual(await total('response', 'GET'), [2, 12]);
  await ask(`${url}/none`);
  t.deepEqual(await total('response', 'GET'), [3, 12]);
  t.deepEqual(await total('request', 'GET'), [3, 0]);
  await ask(`${url}/written`, { method: 'HEAD' });
  t.deepEqual(await total('response', 'HEAD'), [1, 0]);
  // Both chunks have their length before them: 3e8, then 0.
  await ask(`${url}/chunks`, { method: 'DELETE' });
  t.deepEqual(await total('response', 'DELETE'), [1, 1_000 + '3e8\r\n\r\n0\r\n\r\n'.length]);
  const socket = await connectTo(t, url);
  socket.write('PUT /none HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 3\r\n\r\nabc');
  await once(socket, 'data');
  t.deepEqual(await total('request', 'PUT'), [1, 3]);
  socket.write('PATCH /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
  await once(socket, 'data');
  t.deepEqual(await total('request', 'PATCH'), [0, 0]);
});

test.serial('responses in chunks on one connection are told apart, over TLS too', async (t) => {
  measureHttp(t);
  const server = createHttpsServer(selfSigned(t), (req, res) => {
    res.write('b'.repeat(Number(req.url?.slice(1))));
    res.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  t.teardown(() => socket.destroy());
  for (const size of [16, 32]) {
    socket.write(`GET /${size} HTTP/1.1\r\nHost: x\r\n\r\n`);
    let received = '';
    while (!received.endsWith('\r\n0\r\n\r\n')) received += (await once(socket, 'data'))[0];
  }
  const framing = '10\r\n\r\n0\r\n\r\n'.length;
  const samples = await samplesOf('http_server_response_body_size_bytes');
  t.is(samples['http_server_response_body_size_bytes_count{method="GET",route="unmatched"}'], 2);
  t.is(
    samples['http_server_response_body_size_bytes_sum{method="GET",route="unmatched"}'],
    48 + 2 * framing,
  );
});

test.serial('requests are in flight until their response is complete', async (t) => {
  measureHttp(t);
  const [come, go] = [new Gate(), new Gate()];
  const url = await serve(t, async (_, res) => {
    come.open();
    await go.opened;
    res.end();
  });
  const asked = ask(url);
  await come.opened;
  const inFlight = () => samplesOf('http_server_requests_in_flight');
  t.deepEqual(await inFlight(), { 'http_server_requests_in_flight{method="GET"}': 1 });
  go.open();
  await asked;
  t.deepEqual(await inFlight(), { 'http_server_requests_in_flight{method="GET"}': 0 });
});

test.serial('clients that leave are counted as aborted, and in no duration', async (t) => {
  measureHttp(t);
  const gates = [new Gate(), new Gate(), new Gate()];
  let arrived = 0;
  const left: Promise<unknown>[] = [];
  const url = await serve(t, (req, res) => {
    if (arrived === 0) left.push(once(req.socket, 'close'));
    gates[arrived++]?.open();
    // Half a response is none.
    if (arrived === 3) res.write('half');
  });
  const socket = await connectTo(t, url);
  // The second waits for the response to the first.
  socket.write(
    'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
  );
  await gates[1]?.opened;
  socket.destroy();
  await Promise.all(left);
  const name = 'http_server_aborted_total';
  t.deepEqual(await samplesOf(name), {
    [`${name}{method="GET",route="unmatched"}`]: 1,
    [`${name}{method="POST",route="unmatched"}`]: 1,
  });
  t.deepEqual(await served(), {});
  const inFlight = await samplesOf('http_server_requests_in_flight');
  t.deepEqual(Object.values(inFlight), [0, 0]);
});

test.serial('a server that destroys a response has aborted it', async (t) => {
  measureHttp(t);
  const url = await serve(t, (_, res) => {
    res.write('half');
    res.destroy();
  });
  await t.throwsAsync(ask(url));
  t.deepEqual(Object.values(await samplesOf('http_server_aborted_total')), [1]);
  t.deepEqual(await served(), {});
});
