// The handler under the compatibility API of node:http2.

import { once } from 'node:events';
import { type ClientHttp2Stream, connect, constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { type MetricsHandlerOptions, metricsHandler } from '../../src/index.js';
import { eventually } from '../helpers/application.js';
import { makeLarge } from '../helpers/memory-metrics.js';

/** Above what a stream takes before it is read, and below what a session does. */
makeLarge('large', 10_000);

async function open(t: ExecutionContext, options: MetricsHandlerOptions) {
  const server = createServer(metricsHandler(options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  return async (
    headers: Record<string, string>,
  ): Promise<[ClientHttp2Stream, Record<string, unknown>]> => {
    const stream = client.request({ ':path': '/metrics?name[]=large', ...headers });
    const [received] = await once(stream, 'response');
    return [stream, received];
  };
}

async function body(stream: ClientHttp2Stream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('HTTP/2: GET, HEAD and gzip answer as over HTTP/1.1', async (t) => {
  const ask = await open(t, {});
  const [plain, headers] = await ask({});
  const page = await body(plain);
  t.is(headers[':status'], 200);
  t.is(headers['content-length'], String(page.length));
  t.regex(page.toString('utf8', 0, 100), /^# HELP large Noise\.$/m);
  const [compressed, gzipHeaders] = await ask({ 'accept-encoding': 'gzip' });
  t.is(gzipHeaders['content-encoding'], 'gzip');
  t.true(gunzipSync(await body(compressed)).equals(page));
  const [head, headHeaders] = await ask({ ':method': 'HEAD' });
  t.is(headHeaders['content-length'], String(page.length));
  t.is((await body(head)).length, 0);
  const [post, postHeaders] = await ask({ ':method': 'POST' });
  t.is(postHeaders[':status'], 405);
  await body(post);
});

for (const encoding of ['identity', 'gzip']) {
  test(`HTTP/2, ${encoding}: a stream that the client resets frees its place`, async (t) => {
    const ask = await open(t, { maxScrapesInFlight: 1, timeoutMs: 60_000 });
    const [left] = await ask({ 'accept-encoding': encoding });
    const status = async () => {
      const [stream, headers] = await ask({ ':path': '/metrics?name[]=other' });
      await body(stream);
      return headers[':status'];
    };
    t.is(await status(), 503);
    left.close(constants.NGHTTP2_CANCEL);
    await eventually(async () => ((await status()) === 200 ? undefined : 'busy'));
  });

  test(`HTTP/2, ${encoding}: an answer that is not read is cut off when the time is over`, async (t) => {
    const ask = await open(t, { timeoutMs: 1_000 });
    const [unread] = await ask({ 'accept-encoding': encoding });
    await t.throwsAsync(once(unread, 'close'), { code: 'ERR_HTTP2_STREAM_ERROR' });
    t.is(unread.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  });
}
