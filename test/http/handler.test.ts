// The handlers under node:http and under each framework, asked as a scraper asks.

import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import test, { type ExecutionContext } from 'ava';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import {
  contentType,
  fetchHandler,
  type MetricsHandlerOptions,
  metricsHandler,
  openMetricsContentType,
} from '../../src/index.js';
import { ask, serve } from '../helpers/http.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** What Prometheus 2.42 sends. */
const ACCEPT_2_42 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
/** What Prometheus 3 sends. */
const ACCEPT_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
/** What Prometheus 3 sends when it is told to use the text format only. */
const ACCEPT_3_TEXT = 'text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
/** What a browser sends. */
const ACCEPT_BROWSER =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

const TEXT = `# HELP c_total Löwen & "so".
# TYPE c_total counter
c_total 3
# HELP g Some help.
# TYPE g gauge
g{l="ß"} 1.5
# HELP h Some help.
# TYPE h histogram
h_bucket{le="1"} 0
h_bucket{le="+Inf"} 1
h_sum 2
h_count 1
`;
const OPENMETRICS = `# HELP c Löwen & \\"so\\".
# TYPE c counter
c_total 3
# HELP g Some help.
# TYPE g gauge
g{l="ß"} 1.5
# HELP h Some help.
# TYPE h histogram
h_bucket{le="1.0"} 0
h_bucket{le="+Inf"} 1
h_sum 2
h_count 1
# EOF
`;

type Host = (options: MetricsHandlerOptions) => RequestListener | Promise<RequestListener>;

/** Ways to use the handlers, by name. */
const HOSTS: Readonly<Record<string, Host>> = {
  'node:http': (options) => metricsHandler(options),
  'Express route': (options) => {
    const app = express();
    app.all('/metrics', metricsHandler(options));
    return app;
  },
  'Express middleware': (options) => {
    const app = express();
    app.use('/metrics', metricsHandler(options));
    return app;
  },
  'Fastify 5': async (options) => {
    const app = fastify();
    const metrics = metricsHandler(options);
    app.all('/metrics', async (request, reply) => {
      reply.hijack();
      await metrics(request.raw, reply.raw);
    });
    await app.ready();
    return (req, res) => app.routing(req, res);
  },
  'Koa 3': (options) => {
    const app = new Koa();
    const metrics = metricsHandler(options);
    app.use(async (ctx, next) => {
      if (ctx.path !== '/metrics') return next();
      ctx.respond = false;
      return metrics(ctx.req, ctx.res);
    });
    return app.callback();
  },
  Hono: (options) => {
    const app = new Hono();
    const metrics = fetchHandler(options);
    app.all('/metrics', (context) => metrics(context.req.raw));
    return getRequestListener(app.fetch);
  },
};

/** URL of a server that shows what a process has written. */
async function metricsUrl(
  t: ExecutionContext,
  host: keyof typeof HOSTS,
  options: MetricsHandlerOptions = { selfMetrics: false },
): Promise<string> {
  const { dir, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total', help: 'Löwen & "so".' });
  await writer.make('Gauge', { name: 'g', labelNames: ['l'] });
  await writer.make('Histogram', { name: 'h', buckets: [1] });
  await writer.call('c_total', 'inc', 3);
  await writer.call('g', 'set', { l: 'ß' }, 1.5);
  await writer.call('h', 'observe', 2);
  return `${await serve(t, await serverOf(host, { dir, ...options }))}/metrics`;
}

async function serverOf(host: string, options: MetricsHandlerOptions): Promise<RequestListener> {
  return (HOSTS[host] as Host)(options);
}

for (const host of Object.keys(HOSTS)) {
  test(`${host}: GET answers with the page and says what it is`, async (t) => {
    const { status, headers, body } = await ask(await metricsUrl(t, host));
    t.is(status, 200);
    t.is(body, TEXT);
    t.is(headers['content-type'], contentType);
    t.is(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    t.is(headers['content-length'], String(Buffer.byteLength(TEXT)));
    t.is(headers['cache-control'], 'no-store');
  });

  test(`${host}: HEAD answers with the headers of GET and no body`, async (t) => {
    const url = await metricsUrl(t, host);
    const head = await ask(url, { method: 'HEAD' });
    const get = await ask(url);
    t.is(head.status, 200);
    t.is(head.body, '');
    for (const name of ['content-type', 'content-length', 'cache-control']) {
      t.is(head.headers[name], get.headers[name], name);
    }
  });

  test(`${host}: other methods are not allowed`, async (t) => {
    const url = await metricsUrl(t, host);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await ask(url, { method });
      t.is(status, 405, method);
      t.is(headers.allow, 'GET, HEAD', method);
    }
  });

  test(`${host}: the format is the one that the scraper prefers`, async (t) => {
    const url = await metricsUrl(t, host);
    for (const accept of [
      ACCEPT_2_42,
      ACCEPT_3,
      'application/openmetrics-text',
      'text/plain,application/openmetrics-text',
    ]) {
      const { status, headers, body } = await ask(url, { headers: { Accept: accept } });
      t.is(status, 200);
      t.is(headers['content-type'], openMetricsContentType, accept);
      t.is(body, OPENMETRICS);
    }
    for (const accept of [
      ACCEPT_3_TEXT,
      ACCEPT_BROWSER,
      '*/*',
      '',
      'text/plain',
      'text/plain;version=1.0.0;escaping=allow-utf-8',
      'application/openmetrics-text;version=2.0.0',
      'application/openmetrics-text;q=0.2,text/plain;q=0.8',
      'application/openmetrics-text;q=0,*/*',
      'application/json',
      ';;q=,,',
    ]) {
      const { status, headers, body } = await ask(url, { headers: { Accept: accept } });
      t.is(status, 200);
      t.is(headers['content-type'], contentType, accept);
      t.is(body, TEXT);
    }
  });

  test(`${host}: name[] in the query asks for single families`, async (t) => {
    const url = await metricsUrl(t, host);
    const names = async (query: string) => {
      const { status, body } = await ask(`${url}?${query}`);
      t.is(status, 200);
      return (body.match(/(?<=^# TYPE )\w+/gm) ?? []) as string[];
    };
    t.deepEqual(await names('name[]=c_total'), ['c_total']);
    t.deepEqual(await names('name%5B%5D=h&name%5B%5D=g'), ['g', 'h']);
    t.deepEqual(await names('name[]=h_bucket'), ['h']);
    t.deepEqual(await names('name[]=nothing'), []);
    t.deepEqual(await names('other=c_total'), ['c_total', 'g', 'h']);
    t.deepEqual(await names(''), ['c_total', 'g', 'h']);
    const openmetrics = await ask(`${url}?name[]=c`, { headers: { Accept: ACCEPT_3 } });
    t.is(openmetrics.body, OPENMETRICS.replace(/# HELP g.*h_count 1\n/s, ''));
  });

  test(`${host}: where there is nothing to serve the answer is 503 with the reason in a line`, async (t) => {
    const missing = path.join(temporaryDirectory(t), 'missing');
    const file = path.join(temporaryDirectory(t), 'file');
    writeFileSync(file, '');
    for (const dir of [missing, file]) {
      const url = `${await serve(t, await serverOf(host, { dir }))}/metrics`;
      const { status, headers, body } = await ask(url);
      t.is(status, 503);
      t.is(headers['content-type'], 'text/plain; charset=utf-8');
      t.regex(body, /^[^\n]+\n$/);
      t.true(body.includes(dir), body);
      const head = await ask(url, { method: 'HEAD' });
      t.is(head.status, 503);
      t.is(head.body, '');
    }
  });

  test(`${host}: it serves again when the directory is there`, async (t) => {
    const dir = path.join(temporaryDirectory(t), 'later');
    const url = `${await serve(t, await serverOf(host, { dir }))}/metrics`;
    t.is((await ask(url)).status, 503);
    const writer = openScene(t, 'file', dir).start();
    await writer.make('Counter', { name: 'c_total' });
    const { status, body } = await ask(url);
    t.is(status, 200);
    t.regex(body, /^c_total 0$/m);
  });
}

test('the page has the self-metrics unless they are switched off', async (t) => {
  const { body } = await ask(await metricsUrl(t, 'node:http', {}));
  t.regex(body, /^prom_multiproc_writers\{state="live"\} 1$/m);
  t.regex(body, /^c_total 3$/m);
});

test('scrapers that ask at the same time get whole pages', async (t) => {
  const url = await metricsUrl(t, 'node:http');
  const accepts = ['*/*', ACCEPT_2_42, ACCEPT_3, ACCEPT_BROWSER];
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      ask(url, { headers: { Accept: accepts[i % accepts.length] as string } }),
    ),
  );
  answers.forEach(({ body }, i) => {
    t.is(body, [1, 2].includes(i % accepts.length) ? OPENMETRICS : TEXT);
  });
});
