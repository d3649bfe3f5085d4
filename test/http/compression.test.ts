// Pages for those who take gzip, from both adapters.

import { gunzipSync } from 'node:zlib';
import { getRequestListener } from '@hono/node-server';
import test, { type ExecutionContext } from 'ava';
import { fetchHandler, type MetricsHandlerOptions, metricsHandler } from '../../src/index.js';
import { MIN_GZIP_BYTES } from '../../src/limits.js';
import { type Answer, ask, serve } from '../helpers/http.js';
import { makeLarge } from '../helpers/memory-metrics.js';

const GZIP = { 'Accept-Encoding': 'gzip' };

makeLarge('large', 20_000);
makeLarge('small', 1);

const ADAPTERS = {
  metricsHandler: (options?: MetricsHandlerOptions) => metricsHandler(options),
  fetchHandler: (options?: MetricsHandlerOptions) => getRequestListener(fetchHandler(options)),
};

function withoutDate({ headers: { date, ...headers } }: Answer) {
  return headers;
}

for (const [adapter, listener] of Object.entries(ADAPTERS)) {
  const start = async (t: ExecutionContext, options?: MetricsHandlerOptions) =>
    serve(t, listener(options));

  test(`${adapter}: a page for who takes gzip is the same, compressed and streamed`, async (t) => {
    const url = await start(t);
    for (const Accept of ['text/plain', 'application/openmetrics-text']) {
      const plain = await ask(`${url}?name[]=large`, { headers: { Accept } });
      const { status, headers, bytes } = await ask(`${url}?name[]=large`, {
        headers: { Accept, ...GZIP },
      });
      t.is(status, 200);
      t.is(headers['content-encoding'], 'gzip');
      t.is(headers['content-length'], undefined);
      t.is(headers['content-type'], plain.headers['content-type']);
      t.true(bytes.length < plain.bytes.length * 0.75);
      t.true(gunzipSync(bytes).equals(plain.bytes));
    }
  });

  test(`${adapter}: a page that fits into a packet is sent as it is`, async (t) => {
    const { headers, bytes } = await ask(`${await start(t)}?name[]=small`, { headers: GZIP });
    t.is(headers['content-encoding'], undefined);
    t.is(headers['content-length'], String(bytes.length));
    t.true(bytes.length < MIN_GZIP_BYTES);
    t.regex(bytes.toString(), /^small\{/m);
  });

  test(`${adapter}: HEAD has the headers of GET, compressed or not`, async (t) => {
    const url = `${await start(t)}?name[]=large`;
    for (const headers of [{}, GZIP]) {
      const head = await ask(url, { method: 'HEAD', headers });
      const { 'transfer-encoding': _, ...get } = withoutDate(await ask(url, { headers }));
      t.deepEqual(withoutDate(head), get);
      t.is(head.bytes.length, 0);
    }
  });

  test(`${adapter}: caches are told what the page depends on`, async (t) => {
    const answer = await ask(`${await start(t)}?name[]=small`);
    t.is(answer.headers.vary, 'Accept, Accept-Encoding');
    t.is(answer.headers['cache-control'], 'no-store');
    t.is(answer.headers['x-content-type-options'], 'nosniff');
  });

  test(`${adapter}: compression can be switched off`, async (t) => {
    const url = await start(t, { gzip: false });
    const { headers, bytes } = await ask(`${url}?name[]=large`, { headers: GZIP });
    t.is(headers['content-encoding'], undefined);
    t.is(headers['content-length'], String(bytes.length));
    t.is(headers.vary, 'Accept');
  });
}

test('a page goes from the collector to the response as it is, without a copy', async (t) => {
  const handler = metricsHandler();
  const url = await serve(t, (req, res) => {
    const { end } = res;
    res.end = ((body: Buffer) => {
      // A page's own memory: a copy would be a new one.
      pages.push(body);
      return Reflect.apply(end, res, [body]);
    }) as typeof end;
    void handler(req, res);
  });
  const pages: Buffer[] = [];
  // Two that come while a third is made share a page.
  const asked = ['small', 'large', 'large'].map((name) => ask(`${url}?name[]=${name}`));
  await Promise.all(asked);
  const large = pages.filter((page) => page.length > MIN_GZIP_BYTES);
  t.is(large.length, 2);
  t.is(large[0], large[1]);
});
