// What options change, and what they cannot be.

import { once } from 'node:events';
import test from 'ava';
import { Counter, Registry } from '../../../src/index.js';
import { instrumentHttp } from '../../../src/integrations/http-metrics/index.js';
import { ask, serve } from '../../helpers/http.js';
import { labelsOf, measureHttp, samplesOf, served } from '../../helpers/http-metrics.js';
import { samplesByKey } from '../../helpers/page-samples.js';

test.serial(
  'its own page is not measured, with a query neither, and other paths where one says so',
  async (t) => {
    measureHttp(t);
    const url = await serve(t, (_, res) => res.end());
    for (const path of ['/metrics', '/metrics?name=a', '/metricsandmore'])
      await ask(`${url}${path}`);
    t.deepEqual(await served(), { 'GET unmatched 200': 1 });
  },
);

test.serial('paths to ignore may be named, and be patterns', async (t) => {
  measureHttp(t, { ignorePaths: ['/live', /^\/internal\//g] });
  const url = await serve(t, (_, res) => res.end());
  for (const path of ['/live?a', '/internal/1', '/internal/2', '/metrics'])
    await ask(`${url}${path}`);
  t.deepEqual(await served(), { 'GET unmatched 200': 1 });
});

test.serial('own labels are on durations, sizes and aborted requests', async (t) => {
  measureHttp(t, {
    labels: {
      tenant: ({ headers }) => headers['x-tenant'],
      what: ({ method, route, status, isEncrypted, request }) =>
        [method, route, status, isEncrypted, (request as { url?: string }).url].join(' '),
    },
  });
  const url = await serve(t, (req, res) => {
    if (req.url === '/gone') req.socket.destroy();
    else res.end();
  });
  await ask(url, { headers: { 'x-tenant': 'tea' } });
  await t.throwsAsync(ask(`${url}/gone`));
  const labels = (key: string) => labelsOf(key, key.replace(/\{.*/, ''));
  const of = async (name: string) => Object.keys(await samplesOf(name)).map(labels);
  const common = { method: 'GET', route: 'unmatched' };
  const own = { tenant: 'tea', what: 'GET unmatched 200 false /' };
  t.deepEqual(await of('http_server_request_duration_seconds_count'), [
    { ...common, status: '200', ...own },
  ]);
  t.deepEqual(await of('http_server_request_body_size_bytes_count'), [{ ...common, ...own }]);
  t.deepEqual(await of('http_server_response_body_size_bytes_count'), [{ ...common, ...own }]);
  t.deepEqual(await of('http_server_aborted_total'), [
    { ...common, tenant: '', what: 'GET unmatched  false /gone' },
  ]);
});

test.serial(
  'own labels have a hundred values, and an error of their function costs their value',
  async (t) => {
    measureHttp(t, {
      labels: {
        user: ({ headers }) => headers['x-user'],
        broken: () => {
          throw new Error('no such thing');
        },
      },
    });
    const warnings: string[] = [];
    const warned = (warning: Error) => void warnings.push(warning.message);
    process.on('warning', warned);
    t.teardown(() => process.off('warning', warned));
    const url = await serve(t, (_, res) => res.end());
    for (let i = 0; i < 105; i++) await ask(url, { headers: { 'x-user': `${i}` } });
    const name = 'http_server_request_duration_seconds_count';
    const counts = await samplesOf(name);
    t.is(Object.keys(counts).length, 101);
    const other = Object.entries(counts).find(([key]) => labelsOf(key, name).user === 'other');
    t.is(other?.[1], 5);
    t.true(Object.keys(counts).every((key) => labelsOf(key, name).broken === ''));
    t.deepEqual(warnings, [
      'The label broken of HTTP metrics is empty where its function throws: Error: no such thing',
    ]);
  },
);

test.serial('names, buckets and registries are those of the options', async (t) => {
  const registry = new Registry();
  measureHttp(t, { namespace: 'shop', buckets: [1, 2], sizeBuckets: [3], registers: [registry] });
  const url = await serve(t, (_, res) => res.end());
  await ask(url);
  const samples = samplesByKey(await registry.metrics());
  const bounds = (name: string) =>
    Object.keys(samples)
      .filter((key) => key.startsWith(`shop_${name}_bucket`))
      .map((key) => labelsOf(key, `shop_${name}_bucket`).le);
  t.deepEqual(bounds('http_server_request_duration_seconds'), ['1', '2', '+Inf']);
  t.deepEqual(bounds('http_server_response_body_size_bytes'), ['3', '+Inf']);
  t.true(Object.keys(samples).every((key) => key.startsWith('shop_http_')));
});

test.serial('what is wrong with the options is thrown, and leaves nothing behind', (t) => {
  t.throws(() => instrumentHttp({ namespace: '7up' }), { message: /Invalid namespace/ });
  t.throws(() => instrumentHttp({ labels: { a: 'b' as never } }), { instanceOf: TypeError });
  const taken = new Registry();
  new Counter({ name: 'http_server_aborted_total', help: 'Mine.', registers: [taken] });
  t.throws(() => instrumentHttp({ registers: [taken] }), { message: /already been registered/ });
  t.is(taken.getMetricsAsArray().length, 1);
  instrumentHttp({ registers: [taken], namespace: 'mine' }).stop();
  t.is(taken.getMetricsAsArray().length, 1);
});

test.serial('a second call changes nothing and says so where it has options', async (t) => {
  const first = measureHttp(t);
  t.is(instrumentHttp(), first);
  const warned = once(process, 'warning');
  t.is(instrumentHttp({ namespace: 'other' }), first);
  const [warning] = await warned;
  t.regex(warning.message, /instrumentHttp\(\) was called before/);
  const url = await serve(t, (_, res) => res.end());
  await ask(url);
  t.deepEqual(await served(), { 'GET unmatched 200': 1 });
});
