// What becomes of a page's memory once it is sent.

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, ServerResponse } from 'node:http';
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { Gauge, metricsHandler } from '../../src/index.js';
import { ask, listen } from '../helpers/http.js';
import { makeLarge } from '../helpers/memory-metrics.js';

/** Sees what is sent without standing between the handler and the response. */
class WatchedResponse extends ServerResponse {
  static bodies: Buffer[] = [];

  override end(...args: unknown[]): this {
    if (Buffer.isBuffer(args[0])) WatchedResponse.bodies.push(args[0]);
    return Reflect.apply(super.end, this, args);
  }
}

const gauge = new Gauge({ name: 'turn', help: 'Of the test.' });
// More than the system takes of an answer that nobody reads.
makeLarge('noise', 20_000);

function start(
  t: ExecutionContext,
  wrap: (res: ServerResponse) => void = () => undefined,
): Promise<string> {
  WatchedResponse.bodies = [];
  const handler = metricsHandler();
  return listen(
    t,
    createServer({ ServerResponse: WatchedResponse as typeof ServerResponse }, (req, res) => {
      wrap(res);
      void handler(req, res);
    }),
  );
}

/** Asks for pages one after the other, each after a change, and returns what the handler sent. */
async function pages(t: ExecutionContext, url: string, count: number): Promise<Buffer[]> {
  for (let turn = 1; turn <= count; turn++) {
    gauge.set(10 ** turn);
    t.regex((await ask(url)).body, new RegExp(`^turn 1${'0'.repeat(turn)}$`, 'm'));
  }
  return WatchedResponse.bodies;
}

test.serial('the next page is made in the memory of one that was sent', async (t) => {
  const [first, second, third] = await pages(t, await start(t), 3);
  t.is(second?.buffer, first?.buffer);
  t.is(third?.buffer, first?.buffer);
});

test.serial('what a middleware stands in the way of, and may keep, stays as it was', async (t) => {
  const url = await start(t, (res) => {
    const { end } = res;
    res.end = ((...args: unknown[]) => Reflect.apply(end, res, args)) as typeof end;
  });
  const [first, second] = await pages(t, url, 2);
  t.not(second?.buffer, first?.buffer);
  t.regex(String(first), /^turn 10$/m);
});

test.serial('a page that is read slowly is not written over', async (t) => {
  const url = await start(t);
  gauge.set(1);
  const slow = request(url, { agent: false });
  slow.end();
  const [response] = (await once(slow, 'response')) as [IncomingMessage];
  // Its first bytes are here, and nobody reads on.
  gauge.set(2);
  t.regex((await ask(url)).body, /^turn 2$/m);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  t.regex(body, /^turn 1$/m);
  t.is(body.length, Number(response.headers['content-length']));
});

class WatchedHttp2Response extends Http2ServerResponse<Http2ServerRequest> {
  static readonly bodies: Buffer[] = [];

  override end(...args: unknown[]): this {
    if (Buffer.isBuffer(args[0])) WatchedHttp2Response.bodies.push(args[0]);
    return Reflect.apply(super.end, this, args);
  }
}

test.serial(
  'a page sent by HTTP/2, which ends before its last bytes are sent, is not written over',
  async (t) => {
    const server = createHttp2Server(
      { Http2ServerResponse: WatchedHttp2Response as typeof Http2ServerResponse },
      metricsHandler(),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    t.teardown(() => {
      client.destroy();
      server.close();
    });
    for (const turn of [1, 2]) {
      gauge.set(turn);
      const stream = client.request({ ':path': '/metrics' });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      t.regex(String(Buffer.concat(chunks)), new RegExp(`^turn ${turn}$`, 'm'));
    }
    const [first, second] = WatchedHttp2Response.bodies;
    t.not(second?.buffer, first?.buffer);
    t.regex(String(first), /^turn 1$/m);
  },
);
