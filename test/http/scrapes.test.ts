// Bounds on scrapes: how many at once, how long each, and what becomes of those that nobody waits for.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import test from 'ava';
import {
  Collector,
  fetchHandler,
  Gauge,
  type MetricsHandlerOptions,
  metricsHandler,
} from '../../src/index.js';
import { eventually } from '../helpers/application.js';
import { ask, serve } from '../helpers/http.js';
import { makeLarge, makeSlow } from '../helpers/memory-metrics.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** More than the buffers between a server and a client that does not read take. */
const LARGE_SERIES = 40_000;
makeLarge('large', LARGE_SERIES);

const ADAPTERS = {
  metricsHandler: (options: MetricsHandlerOptions) => metricsHandler(options),
  fetchHandler: (options: MetricsHandlerOptions) => getRequestListener(fetchHandler(options)),
};

/** Sends a GET and reads no more than the first piece of the answer. */
async function askAndStopReading(url: string, encoding: string): Promise<Socket> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
  );
  await once(socket, 'readable');
  return socket;
}

/** Resolves when there is a place for a scrape. */
function servedAgain(url: string): Promise<void> {
  return eventually(async () => {
    const { status, body } = await ask(`${url}?name[]=other`);
    return status === 200 ? undefined : body;
  });
}

for (const [adapter, listener] of Object.entries(ADAPTERS)) {
  test(`${adapter}: one scrape too many is told to come back, and then served`, async (t) => {
    const name = `${adapter}_slow`;
    const { begun, end } = makeSlow(name);
    const url = await serve(t, listener({ maxScrapesInFlight: 1 }));
    const first = ask(`${url}?name[]=${name}`);
    await begun.opened;
    const second = await ask(url);
    t.is(second.status, 503);
    t.is(second.headers['retry-after'], '1');
    t.is(second.body, 'Too many scrapes in flight\n');
    end.open();
    const { status, body } = await first;
    t.is(status, 200);
    t.regex(body, new RegExp(`^${name} 1$`, 'm'));
    t.is((await ask(`${url}?name[]=${name}`)).status, 200);
  });

  test(`${adapter}: a callback that hangs is answered for with 503 when the time is over`, async (t) => {
    const name = `${adapter}_hanging`;
    const { end } = makeSlow(name);
    const url = await serve(t, listener({ timeoutMs: 50, maxScrapesInFlight: 1 }));
    const { status, headers, body } = await ask(`${url}?name[]=${name}`);
    t.is(status, 503);
    t.is(body, 'The page took longer than 50 ms\n');
    t.is(headers['retry-after'], undefined);
    // Its work goes on, and so it counts still.
    t.is((await ask(`${url}?name[]=other`)).body, 'Too many scrapes in flight\n');
    end.open();
    await servedAgain(url);
  });

  for (const encoding of ['gzip', 'identity']) {
    test(`${adapter}, ${encoding}: an answer that is not read is cut off when the time is over`, async (t) => {
      const url = await serve(t, listener({ timeoutMs: 2_000, maxScrapesInFlight: 1 }));
      const socket = await askAndStopReading(`${url}?name[]=large`, encoding);
      const closed = once(socket, 'close');
      await servedAgain(url);
      // What was on its way arrives, and no more.
      let text = '';
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece;
      });
      socket.on('error', () => {
        /* A reset is a cut as well. */
      });
      await closed;
      t.regex(text, /^HTTP\/1\.1 200 OK\r\n/);
      t.false(text.endsWith('\r\n0\r\n\r\n'), 'no end of the body');
      t.true(text.length < (400 * LARGE_SERIES) / 2);
    });

    test(`${adapter}, ${encoding}: a client that goes away while it is answered frees its place`, async (t) => {
      const url = await serve(t, listener({ timeoutMs: 60_000, maxScrapesInFlight: 1 }));
      const socket = await askAndStopReading(`${url}?name[]=large`, encoding);
      t.is((await ask(`${url}?name[]=other`)).status, 503);
      socket.destroy();
      await servedAgain(url);
    });
  }

  test(`${adapter}: a client that goes away before it is answered frees its place when the callback has ended`, async (t) => {
    const name = `${adapter}_left`;
    const { begun, end } = makeSlow(name);
    const url = await serve(t, listener({ timeoutMs: 60_000, maxScrapesInFlight: 1 }));
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(`GET /?name[]=${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await begun.opened;
    socket.destroy();
    t.is((await ask(`${url}?name[]=other`)).status, 503);
    end.open();
    await servedAgain(url);
  });
}

test('a page whose asker gave up while callbacks ran is not made', async (t) => {
  const { begun, end } = makeSlow('given_up');
  const collector = new Collector({ dir: temporaryDirectory(t) });
  const asker = new AbortController();
  const page = collector.collectBytes({ names: ['given_up'], signal: asker.signal });
  await begun.opened;
  asker.abort(new Error('enough'));
  end.open();
  await t.throwsAsync(page, { message: 'enough' });
  collector.close();
});

test('no callback runs for a page that was given up before it was asked for', async (t) => {
  let runs = 0;
  new Gauge({ name: 'counting', help: 'Counts.', collect: () => void runs++ });
  const collector = new Collector({ dir: temporaryDirectory(t) });
  const signal = AbortSignal.abort(new Error('enough'));
  await t.throwsAsync(collector.collectBytes({ names: ['counting'], signal }), {
    message: 'enough',
  });
  t.is(runs, 0);
  await collector.collectBytes({ names: ['counting'] });
  t.is(runs, 1);
  collector.close();
});

test('bounds that cannot be are refused when the handler is made', (t) => {
  for (const options of [
    { timeoutMs: 0 },
    { timeoutMs: 1.5 },
    { timeoutMs: 2 ** 31 },
    { maxScrapesInFlight: 0 },
    { maxScrapesInFlight: Number.NaN },
  ]) {
    t.throws(() => metricsHandler(options), { instanceOf: RangeError });
    t.throws(() => fetchHandler(options), { instanceOf: RangeError });
  }
});
