// Errors of handlers count by route and type, once each.

import type { RequestListener } from 'node:http';
import KoaRouter from '@koa/router';
import test from 'ava';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { countException } from '../../../src/integrations/http-metrics/index.js';
import { ask, serve } from '../../helpers/http.js';
import { labelsOf, measureHttp, samplesOf, served } from '../../helpers/http-metrics.js';

class OutOfTea extends Error {}

/** Exceptions by route and type: `/users/:id OutOfTea`. */
async function exceptions(): Promise<Record<string, number>> {
  const name = 'http_server_exceptions_total';
  return Object.fromEntries(
    Object.entries(await samplesOf(name)).map(([key, count]) => {
      const { route, type } = labelsOf(key, name);
      return [`${route} ${type}`, count];
    }),
  );
}

const clientError = () => Object.assign(new Error('no'), { status: 404 });

test.serial('Express: what handlers throw, reject with or pass on counts', async (t) => {
  measureHttp(t);
  const app = express();
  const api = express.Router();
  api.get('/thrown/:id', () => {
    throw new OutOfTea();
  });
  api.get('/rejected', async () => {
    throw new RangeError();
  });
  api.get('/passed', (_req, _res, next) => next('a text'));
  api.get('/client', (_req, _res, next) => next(clientError()));
  app.use('/api', api);
  app.use(((_error, _req, res, _next) => res.status(500).end()) as express.ErrorRequestHandler);
  const url = await serve(t, app);
  for (const path of ['thrown/1', 'thrown/2', 'rejected', 'passed', 'client']) {
    await ask(`${url}/api/${path}`);
  }
  t.deepEqual(await exceptions(), {
    '/api/passed string': 1,
    '/api/rejected RangeError': 1,
    '/api/thrown/:id OutOfTea': 2,
  });
});

for (const when of ['before', 'after']) {
  test.serial(
    `Fastify: what handlers throw counts once, in an instance made ${when}`,
    async (t) => {
      if (when === 'after') measureHttp(t);
      const app = Fastify();
      if (when === 'before') measureHttp(t);
      app.get('/thrown/:id', async () => {
        throw new OutOfTea();
      });
      app.get('/client', async () => {
        throw Object.assign(new Error('no'), { statusCode: 422 });
      });
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      t.teardown(() => app.close());
      for (const path of ['thrown/1', 'thrown/2', 'client']) await ask(`${url}/${path}`);
      t.deepEqual(await exceptions(), { '/thrown/:id OutOfTea': 2 });
      t.deepEqual(await served(), { 'GET /client 422': 1, 'GET /thrown/:id 500': 2 });
    },
  );
}

test.serial('Koa: what reaches the context counts, and is handled as before', async (t) => {
  measureHttp(t);
  const router = new KoaRouter().get('/thrown/:id', () => {
    throw new OutOfTea();
  });
  const app = new Koa().use(router.routes()).use((ctx) => ctx.throw(418));
  const told: unknown[] = [];
  app.on('error', (error) => told.push(error));
  const url = await serve(t, app.callback());
  t.is((await ask(`${url}/thrown/1`)).status, 500);
  t.is((await ask(`${url}/else`)).status, 418);
  t.is(told.length, 2);
  t.deepEqual(await exceptions(), { '/thrown/:id OutOfTea': 1 });
});

test.serial(
  'frameworks that keep errors to themselves tell of them by countException',
  async (t) => {
    const metrics = measureHttp(t);
    const listener: RequestListener = (req, res) => {
      const error = new OutOfTea();
      countException(req, error);
      countException(req, error);
      countException(req, clientError());
      res.writeHead(500).end();
    };
    const url = await serve(t, listener);
    await ask(url);
    t.deepEqual(await exceptions(), { 'unmatched OutOfTea': 1 });
    metrics.stop();
    t.is((await ask(url)).status, 500);
  },
);

test.serial('a hundred types of errors have a name of their own', async (t) => {
  measureHttp(t);
  let asked = 0;
  const url = await serve(t, (req, res) => {
    countException(req, Object.assign(new Error(), { name: `Error${asked++}` }));
    res.end();
  });
  for (let i = 0; i < 103; i++) await ask(url);
  const counts = await exceptions();
  t.is(Object.keys(counts).length, 101);
  t.is(counts['unmatched other'], 3);
});
