// The report on the merged page, as one who reads JSON meets it.

import { gunzipSync } from 'node:zlib';
import test from 'ava';
import {
  Collector,
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
  Summary,
} from '../../src/index.js';
import { MAX_REPORT_SAMPLE_CHARS, MAX_REPORT_SERIES, REPORT_SERIES } from '../../src/limits.js';
import { eventually } from '../helpers/application.js';
import { ask } from '../helpers/http.js';
import { makeLarge, makeSlow } from '../helpers/memory-metrics.js';
import { familyOf, report, startReporting } from '../helpers/report.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

test('a family has its numbers over all series, and the samples of the page', async (t) => {
  const counter = new Counter({ name: 'sent_bytes_total', help: 'Sent.', labelNames: ['to'] });
  counter.inc({ to: 'a' }, 2);
  counter.inc({ to: 'b' }, 3);
  const gauge = new Gauge({ name: 'level_ratio', help: 'Level.', labelNames: ['at'] });
  gauge.set({ at: 'x' }, -1);
  gauge.set({ at: 'y' }, 0.5);
  gauge.set({ at: 'z' }, Number.NaN);
  const histogram = new Histogram({ name: 'took_seconds', help: 'Took.', buckets: [0.5, 1] });
  for (const value of [0.1, 0.7, 7]) histogram.observe(value);
  const summary = new Summary({ name: 'size', help: 'Size.', percentiles: [] });
  summary.observe(4);
  const url = await startReporting(t);
  const names = ['sent_bytes_total', 'level_ratio', 'took_seconds', 'size'];
  const made = await report(url, names.map((name) => `name[]=${name}`).join('&'));
  t.is(made.familyCount, 4);
  const { samples, ...head } = familyOf(made, 'sent_bytes_total');
  const all = { series: 2, found: 2, shown: 2 };
  t.deepEqual(head, {
    name: 'sent_bytes_total',
    type: 'counter',
    help: 'Sent.',
    unit: 'bytes',
    total: 5,
    ...all,
  });
  t.deepEqual(samples, [
    { name: 'sent_bytes_total', labels: { to: 'a' }, value: 2 },
    { name: 'sent_bytes_total', labels: { to: 'b' }, value: 3 },
  ]);
  const level = familyOf(made, 'level_ratio');
  t.like(level, { unit: 'ratio', mode: 'livesum', lowest: -1, highest: 0.5, series: 3 });
  t.is(level.total, undefined);
  t.is(level.samples[2]?.value, 'NaN');
  t.like(familyOf(made, 'took_seconds'), {
    unit: 'seconds',
    total: 3,
    sum: 7.8,
    buckets: [
      { le: '0.5', count: 1 },
      { le: '1', count: 2 },
      { le: '+Inf', count: 3 },
    ],
  });
  t.is(familyOf(made, 'took_seconds').samples.length, 5);
  t.like(familyOf(made, 'size'), { total: 1, sum: 4 });
  t.is(familyOf(made, 'size').unit, undefined);
});

test('an exemplar, infinities and hostile labels survive as JSON', async (t) => {
  const registry = new Registry<OpenMetricsContentType>(Registry.OPENMETRICS_CONTENT_TYPE);
  const counter = new Counter<string>({
    name: 'odd_total',
    help: '</script><b>"help"',
    labelNames: ['__proto__', 'constructor'],
    enableExemplars: true,
    registers: [registry],
  });
  const value = '</script>\u202e\u2028"\\\n';
  const labels = JSON.parse(`{"__proto__":"p","constructor":${JSON.stringify(value)}}`);
  counter.inc({ labels, value: 1, exemplarLabels: { trace: value } });
  new Gauge({ name: 'odd', help: 'No number.' }).set(Number.POSITIVE_INFINITY);
  const made = await report(await startReporting(t), 'name[]=odd_total&name[]=odd');
  const [odd, total] = [familyOf(made, 'odd'), familyOf(made, 'odd_total')];
  t.deepEqual([odd.highest, odd.samples[0]?.value], ['+Inf', '+Inf']);
  t.is(total.help, '</script><b>"help"');
  t.deepEqual(Object.entries(total.samples[0]?.labels ?? {}), [
    ['__proto__', 'p'],
    ['constructor', value],
  ]);
  t.like(total.samples[0]?.exemplar, { labels: { trace: value }, value: 1 });
});

test('a search finds families by name, type and help, and series by their labels', async (t) => {
  const counter = new Counter({ name: 'found_total', help: 'Needle.', labelNames: ['at'] });
  for (const at of ['here', 'there', 'nowhere']) counter.inc({ at });
  const url = await startReporting(t);
  const search = async (text: string) => {
    const { families } = await report(url, `name[]=found_total&search=${encodeURIComponent(text)}`);
    return families.map(({ found, series, total, samples }) => ({
      counts: [found, series, total],
      shown: samples.map(({ labels }) => labels.at),
    }));
  };
  const all = [{ counts: [3, 3, 3], shown: ['here', 'nowhere', 'there'] }];
  t.deepEqual(await search('FOUND_t'), all);
  t.deepEqual(await search(' needle '), all);
  t.deepEqual(await search('counter'), all);
  t.deepEqual(await search('at=THERE'), [{ counts: [1, 3, 3], shown: ['there'] }]);
  t.deepEqual(await search('where'), [{ counts: [1, 3, 3], shown: ['nowhere'] }]);
  t.deepEqual(await search('nothing of the kind'), []);
});

test('limit bounds the series that have samples, and not the numbers', async (t) => {
  const histogram = new Histogram({
    name: 'many',
    help: 'Many.',
    labelNames: ['i'],
    buckets: [1],
  });
  for (let i = 0; i < 30; i++) histogram.observe({ i }, 1);
  const url = await startReporting(t);
  const many = async (query: string) => familyOf(await report(url, `name[]=many&${query}`), 'many');
  t.like(await many(''), { series: 30, found: 30, shown: REPORT_SERIES, total: 30 });
  const two = await many('limit=2');
  t.like(two, { series: 30, shown: 2, total: 30 });
  t.is(two.samples.length, 2 * 4);
  t.deepEqual((await many('limit=0')).samples, []);
  t.is((await many(`limit=${MAX_REPORT_SERIES}`)).shown, 30);
  for (const limit of ['-1', '1.5', 'all', '', String(MAX_REPORT_SERIES + 1), '1e3']) {
    const { status, body } = await ask(`${url}?limit=${limit}`);
    t.is(status, 400, limit);
    t.is(body, `limit can be a whole number from 0 to ${MAX_REPORT_SERIES}\n`);
  }
});

test('samples have room, and what has none is only counted', async (t) => {
  makeLarge('large', 20_000);
  const url = await startReporting(t);
  const { body } = await ask(`${url}?name[]=large&limit=${MAX_REPORT_SERIES}`);
  const large = familyOf(JSON.parse(body), 'large');
  t.is(large.found, 20_000);
  t.true(large.shown > 5_000 && large.shown < MAX_REPORT_SERIES, `${large.shown}`);
  t.true(body.length < MAX_REPORT_SAMPLE_CHARS + 100_000);
});

test('access, methods, compression and caching are those of the page', async (t) => {
  const url = await startReporting(t, { token: 'abc' });
  const headers = { Authorization: 'Bearer abc' };
  const { status, headers: challenge } = await ask(url);
  t.is(status, 401);
  t.regex(challenge['www-authenticate'] ?? '', /^Bearer /);
  const got = await ask(url, { headers });
  t.like(got.headers, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
    'content-length': String(got.bytes.length),
  });
  const head = await ask(url, { method: 'HEAD', headers });
  t.deepEqual([head.status, head.body], [200, '']);
  t.is((await ask(url, { method: 'POST', headers })).status, 405);
  const small = await ask(url, { headers: { ...headers, 'Accept-Encoding': 'gzip' } });
  t.is(small.headers['content-encoding'], 'gzip');
  t.true(gunzipSync(small.bytes).toString().startsWith('{"time":"'));
});

test('those who ask the same while another report is made share one', async (t) => {
  const collector = new Collector({ selfMetrics: false, dir: temporaryDirectory(t) });
  t.teardown(() => collector.close());
  const query = { search: '', limit: 1, names: [] };
  const busy = collector.collectFamilies({ names: [] });
  const [one, two, other] = await Promise.all([
    collector.collectReport(query),
    collector.collectReport(query),
    collector.collectReport({ ...query, limit: 2 }),
    busy,
  ]);
  t.is(one, two);
  t.not(one, other);
  // One that is made already is not shared.
  t.not(await collector.collectReport(query), one);
});

test('a scrape and a report count as scrapes in flight alike', async (t) => {
  const { begun, end } = makeSlow('slow');
  const url = await startReporting(t, { maxScrapesInFlight: 1 });
  const first = ask(`${url}?name[]=slow`);
  await begun.opened;
  t.is((await ask(url)).status, 503);
  t.is((await ask(new URL('/metrics', url).href)).status, 503);
  end.open();
  t.is((await first).status, 200);
  await eventually(async () => ((await ask(url)).status === 200 ? undefined : 'still full'));
});

test('where nothing can be served the reason is in one line', async (t) => {
  const url = await startReporting(t, { dir: '/nonexistent/metrics' });
  const { status, body } = await ask(url);
  t.is(status, 503);
  t.regex(body, /^\/nonexistent\/metrics does not exist.*\n$/);
});

test('without the page there is no report', async (t) => {
  const url = await startReporting(t, { ui: false });
  t.is((await ask(url)).status, 404);
  t.is((await ask(new URL('/', url).href)).status, 404);
  t.is((await ask(new URL('/metrics', url).href)).status, 200);
});

test('where the page of metrics has the path of another, it has it', async (t) => {
  const url = await startReporting(t, { path: '/api/families' });
  t.regex((await ask(url)).body, /^# HELP /);
});
