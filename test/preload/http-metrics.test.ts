// A cluster of an unchanged application, with nothing but the preload and a variable.
// Needs dist/ (`npm run build`).

import test from 'ava';
import { IMPORTED, Project } from './project.js';

/**
 * Three workers: each is asked four times, two of these are aborted, and one of them is
 * killed then. What is printed is the page that another one serves.
 */
const APPLICATION = (make: string) => `
  ${make}
  const cluster = require('node:cluster');
  const { once } = require('node:events');
  const { request } = require('node:http');

  const ask = (port, path) => new Promise((resolve, reject) => {
    const sent = request({ port, path, agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve(body);
    });
    sent.on('error', reject).end();
  });

  const abort = async (worker, port) => {
    const arrived = once(worker, 'message');
    const sent = request({ port, path: '/wait', agent: false });
    sent.on('error', () => {}).end();
    await arrived;
    const gone = once(worker, 'message');
    sent.destroy();
    await gone;
  };

  async function main() {
    const workers = [];
    for (let i = 0; i < 3; i++) {
      const worker = cluster.fork();
      const [{ port }] = await once(worker, 'message');
      workers.push({ worker, port });
    }
    for (const { worker, port } of workers) {
      for (const path of ['/users/1', '/users/2', '/nowhere/' + port]) await ask(port, path);
      await abort(worker, port);
      // Everything before it has been counted when this is answered.
      await ask(port, '/metrics');
    }
    const exit = once(workers[0].worker, 'exit');
    workers[0].worker.process.kill('SIGKILL');
    await exit;
    console.log(JSON.stringify(await ask(workers[1].port, '/metrics')));
    for (const { worker } of workers) worker.process.kill('SIGKILL');
  }

  function wait(req, res) {
    process.send('arrived');
    res.on('close', () => setImmediate(() => process.send('gone')));
  }

  if (cluster.isPrimary) main();
  else {
    const server = serve(wait);
    // A port of its own for every worker.
    server.listen({ port: 0, exclusive: true }, () => process.send({ port: server.address().port }));
  }
`;

const EXPRESS = `
  const serve = (wait) => {
    const express = require('express');
    const { register } = require('prom-client');
    const app = express();
    app.get('/users/:id', (req, res) => res.send('user'));
    app.get('/wait', wait);
    app.get('/metrics', async (req, res) => res.send(await register.metrics()));
    return require('node:http').createServer(app);
  };
`;

const COUNTED = {
  'http_server_request_duration_seconds_count{method="GET",route="/users/:id",status="200"}': 6,
  'http_server_request_duration_seconds_count{method="GET",route="unmatched",status="404"}': 3,
  'http_server_aborted_total{method="GET",route="/wait"}': 3,
  'http_server_requests_in_flight{method="GET"}': 0,
};

function pick(page: string): Record<string, number> {
  return Object.fromEntries(
    Object.keys(COUNTED).map((key) => {
      const line = page.split('\n').find((each) => each.startsWith(`${key} `));
      return [key, Number(line?.slice(key.length))];
    }),
  );
}

test('a cluster without a line of code has one page of its requests, that of a killed worker too', async (t) => {
  const project = new Project(t);
  project.link('express');
  const env = { PROMETHEUS_MULTIPROC_HTTP: '1' };
  const page = (await project.run('app.cjs', APPLICATION(EXPRESS), { env })) as string;
  t.deepEqual(pick(page), COUNTED);
  t.false(page.includes('/metrics"'), 'its own page is not measured');
});

test('without the variable nothing is measured, and nothing of it is loaded', async (t) => {
  const project = new Project(t);
  const code = `const loaded = Object.keys(require.cache).filter((file) => file.includes('http-metrics'));
    const { channel } = require('node:diagnostics_channel');
    console.log(JSON.stringify({ loaded, listened: channel('http.server.request.start').hasSubscribers }));`;
  t.deepEqual(await project.run('app.cjs', code), { loaded: [], listened: false });
  t.deepEqual(await project.run('app.cjs', code, { env: { PROMETHEUS_MULTIPROC_HTTP: '0' } }), {
    loaded: [],
    listened: false,
  });
});

test('import and require of the package give one instrumentation', async (t) => {
  const project = new Project(t);
  const code = `
    import { createRequire } from 'node:module';
    import * as imported from 'prom-multiproc/http-metrics';
    const required = createRequire(import.meta.url)('prom-multiproc/http-metrics');
    console.log(JSON.stringify({
      same: required.instrumentHttp() === imported.instrumentHttp(),
      names: Object.keys(imported).sort(),
    }));`;
  t.deepEqual(await project.run('app.mjs', code, { nodeArgs: IMPORTED }), {
    same: true,
    names: ['countException', 'instrumentHttp', 'setRoute'],
  });
});
