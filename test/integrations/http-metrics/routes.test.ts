// Routes are the patterns of the frameworks, never a path as it came. Real servers of each.

import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { serve as serveHono } from '@hono/node-server';
import KoaRouter from '@koa/router';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import Koa from 'koa';
import 'reflect-metadata';
import { setRoute } from '../../../src/integrations/http-metrics/index.js';
import { ask, listen, serve } from '../../helpers/http.js';
import { measureHttp, samplesOf, served } from '../../helpers/http-metrics.js';

async function askAll(url: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await ask(`${url}${path}`);
}

for (const [name, make] of [
  ['Express 5', express],
  ['Express 4', express4],
] as const) {
  test.serial(
    `${name}: routes have their own pattern and those of the mounts before it`,
    async (t) => {
      measureHttp(t);
      const app = make();
      const users = make.Router();
      users.get('/', (_, res) => void res.send('all'));
      users.get('/:id', (_, res) => void res.send('one'));
      const posts = make.Router();
      posts.get('/:post', (_, res) => void res.send('post'));
      users.use('/:id/posts', posts);
      app.get('/', (_, res) => void res.send('home'));
      app.get(['/a', '/b'], (_, res) => void res.send('either'));
      app.get(/^\/x\d+$/, (_, res) => void res.send('expression'));
      app.use('/api/users', users);
      const url = await serve(t, app as unknown as RequestListener);
      await askAll(url, ['/', '/a', '/b', '/x12', '/nowhere', '/api/nowhere']);
      await askAll(url, ['/api/users', '/api/users/7', '/API/Users/8?q=1', '/api/users/9/posts/1']);
      await askAll(url, ['/api/users/10/posts/2']);
      t.deepEqual(await served(), {
        'GET / 200': 1,
        'GET /a,/b 200': 2,
        'GET /^\\/x\\d+$/ 200': 1,
        'GET /api/users 200': 1,
        'GET /api/users/:id 200': 2,
        'GET /api/users/:id/posts/:post 200': 2,
        'GET unmatched 404': 2,
      });
    },
  );

  test.serial(
    `${name}: a router that is mounted twice has the pattern of the mount that was asked`,
    async (t) => {
      measureHttp(t);
      const app = make();
      const items = make.Router();
      items.get('/:id', (_, res) => void res.send('item'));
      app.use('/old', items);
      app.use('/tenants/:tenant/items', items);
      const url = await serve(t, app as unknown as RequestListener);
      await askAll(url, ['/old/1', '/tenants/a/items/1', '/tenants/b/items/2']);
      t.deepEqual(await served(), {
        'GET /old/:id 200': 1,
        'GET /tenants/:tenant/items/:id 200': 2,
      });
    },
  );

  test.serial(`${name}: an application in an application has the pattern of both`, async (t) => {
    measureHttp(t);
    const app = make();
    const inner = make();
    inner.get('/report/:day', (_, res) => void res.send('report'));
    app.use('/admin/:area', inner);
    const url = await serve(t, app as unknown as RequestListener);
    await askAll(url, ['/admin/a/report/1', '/admin/b/report/2']);
    t.deepEqual(await served(), { 'GET /admin/:area/report/:day 200': 2 });
  });
}

test.serial(
  'Fastify: routes have the pattern with its prefix, also where a hook answers',
  async (t) => {
    measureHttp(t);
    const app = Fastify();
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization === 'none') await reply.code(401).send('no');
    });
    app.get('/', async () => 'home');
    await app.register(
      async (api) => {
        api.get('/users/:id', async () => 'one');
        api.get('/files/*', async () => 'file');
      },
      { prefix: '/api' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    t.teardown(() => app.close());
    await askAll(url, ['/', '/api/users/1', '/api/users/2', '/api/files/a/b', '/nowhere']);
    await ask(`${url}/api/users/3`, { headers: { authorization: 'none' } });
    t.deepEqual(await served(), {
      'GET / 200': 1,
      'GET /api/files/* 200': 1,
      'GET /api/users/:id 200': 2,
      'GET /api/users/:id 401': 1,
      'GET unmatched 404': 1,
    });
  },
);

test.serial(
  'Fastify: the handlers of an instance that was there before tell their routes',
  async (t) => {
    const app = Fastify();
    app.get('/users/:id', async () => 'one');
    measureHttp(t);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    t.teardown(() => app.close());
    await askAll(url, ['/users/1', '/users/2']);
    t.deepEqual(await served(), { 'GET /users/:id 200': 2 });
  },
);

test.serial("Koa: routes are the router's, and what it does not know is unmatched", async (t) => {
  measureHttp(t);
  const api = new KoaRouter({ prefix: '/api' });
  const users = new KoaRouter();
  users.get('/:id', (ctx) => {
    ctx.body = `${ctx._matchedRoute}`;
  });
  api.use('/users', users.routes());
  const app = new Koa().use(api.routes()).use((ctx) => {
    if (ctx.path === '/plain') ctx.body = 'plain';
  });
  const url = await serve(t, app.callback());
  t.is((await ask(`${url}/api/users/1`)).body, '/api/users/:id');
  await askAll(url, ['/api/users/2', '/plain', '/nowhere']);
  t.deepEqual(await served(), {
    'GET /api/users/:id 200': 2,
    'GET unmatched 200': 1,
    'GET unmatched 404': 1,
  });
});

test.serial(
  'Hono: one middleware gives every request the pattern of the handler that took it',
  async (t) => {
    measureHttp(t);
    const api = new Hono().get('/users/:id', (c) => c.text('one'));
    const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
      .use(async (c, next) => {
        await next();
        if (c.res.status !== 404) setRoute(c.env.incoming, routePath(c));
      })
      .route('/api', api);
    const server = serveHono({ fetch: app.fetch, port: 0, createServer });
    const url = await listenHono(t, server as ReturnType<typeof createServer>);
    await askAll(url, ['/api/users/1', '/api/users/2', '/nowhere']);
    t.deepEqual(await served(), { 'GET /api/users/:id 200': 2, 'GET unmatched 404': 1 });
  },
);

async function listenHono(t: ExecutionContext, server: ReturnType<typeof createServer>) {
  server.close();
  return listen(t, server);
}

test.serial("Nest: routes are the controllers', with the global prefix", async (t) => {
  measureHttp(t);
  class Cats {
    find(id: string): string {
      return id;
    }
  }
  const find = Object.getOwnPropertyDescriptor(Cats.prototype, 'find') as PropertyDescriptor;
  Get(':id')(Cats.prototype, 'find', find);
  Param('id')(Cats.prototype, 'find', 0);
  Controller('cats')(Cats);
  class Application {}
  Module({ controllers: [Cats] })(Application);
  const app = await NestFactory.create(Application, { logger: false });
  app.setGlobalPrefix('v1');
  await app.listen(0, '127.0.0.1');
  t.teardown(() => app.close());
  const url = await app.getUrl();
  await askAll(url, ['/v1/cats/1', '/v1/cats/2', '/cats/1']);
  t.deepEqual(await served(), { 'GET /v1/cats/:id 200': 2, 'GET unmatched 404': 1 });
});

test.serial('Next.js: routes are the pathnames that it keeps on the request', async (t) => {
  measureHttp(t);
  const url = await serve(t, (req, res) => {
    const match = { definition: { pathname: '/posts/[id]' } };
    const meta = req.url === '/nowhere' ? {} : { match };
    Object.assign(req, { [Symbol.for('NextInternalRequestMeta')]: meta });
    res.end();
  });
  await askAll(url, ['/posts/1', '/posts/2', '/nowhere']);
  t.deepEqual(await served(), { 'GET /posts/[id] 200': 2, 'GET unmatched 200': 1 });
});

test.serial('what setRoute was given comes before what a framework says', async (t) => {
  measureHttp(t);
  const app = express();
  app.get('/{*path}', (req, res) => {
    setRoute(req, undefined);
    setRoute(req, /^\/pages\/(.+)$/);
    res.send('page');
  });
  const url = await serve(t, app);
  await askAll(url, ['/pages/1', '/pages/2']);
  t.deepEqual(await served(), { 'GET /^\\/pages\\/(.+)$/ 200': 2 });
  t.throws(() => setRoute({} as IncomingMessage, 7 as never), { instanceOf: TypeError });
});

test.serial('routes beyond the thousandth count as other', async (t) => {
  measureHttp(t);
  const url = await serve(t, (req, res) => {
    setRoute(req, req.url);
    res.end();
  });
  for (let i = 0; i < 1_010; i++) await ask(`${url}/leak/${i}`);
  const counts = await served();
  t.is(Object.keys(counts).length, 1_001);
  t.is(counts['GET other 200'], 10);
  const sizes = await samplesOf('http_server_response_body_size_bytes_count');
  t.is(Object.keys(sizes).length, 1_001);
});
