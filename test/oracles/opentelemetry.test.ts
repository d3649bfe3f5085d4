// The page beside that of OpenTelemetry's own Prometheus exporter, for the same
// instruments: every difference is one that is listed here, with its reason.

import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import test from 'ava';
import { collect } from '../../src/index.js';
import { MultiprocMetricReader } from '../../src/integrations/opentelemetry/index.js';
import { type PageFamily, parsePage, sampleKey } from '../helpers/page-samples.js';

/** Of OpenMetrics, in a page of the text format. */
const UNIT_LINE = /^# UNIT .*\n/gm;

/** Names that we give otherwise: the exporter leaves out units, which the specification adds. */
const RENAMED: Readonly<Record<string, string>> = {
  http_server_request_duration: 'http_server_request_duration_seconds',
  process_memory: 'process_memory_bytes',
  disk_io_total: 'disk_io_bytes_total',
};

async function record(provider: MeterProvider): Promise<void> {
  const meter = provider.getMeter('library', '1.2.3', { schemaUrl: 'https://schema.example/1' });
  const bare = provider.getMeter('bare');
  const requests = meter.createCounter('requests', { description: 'Requests.' });
  requests.add(1, { 'http.route': '/a', 'http.status': 200 });
  requests.add(2.5, { 'http.route': '/b', list: ['x', 'y'], yes: true });
  bare.createCounter('already_total', { description: 'Has it.' }).add(1);
  meter.createCounter('disk.io', { description: 'Bytes.', unit: 'By' }).add(4096);
  meter.createUpDownCounter('open', { description: 'Open.' }).add(-3, { quoted: '"\\\n' });
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'Durations.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.1, 1] },
  });
  for (const value of [0.005, 0.05, 0.5, 5]) duration.record(value, { 'http.route': '/a' });
  meter.createGauge('process.memory', { description: 'Memory.', unit: 'By' }).record(1e6);
  const cpu = meter.createObservableCounter('cpu', { description: 'Time.' });
  cpu.addCallback((result) => result.observe(12.5, { state: 'user' }));
  const threads = meter.createObservableUpDownCounter('threads', { description: 'Threads.' });
  threads.addCallback((result) => result.observe(4));
}

const withoutPid = ({ pid, ...labels }: Readonly<Record<string, string>>) => labels;

/** Families by name, as ours are called and without the label that is ours alone. */
function comparable(families: readonly PageFamily[]): Record<string, unknown> {
  const entries = families.map((family) => {
    const name = RENAMED[family.name] ?? family.name;
    const samples = family.samples.map((sample) => {
      const ours = name + sample.name.slice(family.name.length);
      return [sampleKey({ name: ours, labels: withoutPid(sample.labels) }), sample.value];
    });
    return [name, { type: family.type, help: family.help, samples: Object.fromEntries(samples) }];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

test("the page is that of OpenTelemetry's Prometheus exporter, but for units in names and for gauges by process", async (t) => {
  const reader = new MultiprocMetricReader();
  const resource = resourceFromAttributes({
    'service.name': 'shop',
    'service.instance.id': 'one',
    'process.command_args': ['node', 'app.js'],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  await record(provider);
  const { resourceMetrics } = await reader.collect();
  const theirs = new PrometheusSerializer().serialize(resourceMetrics).replace(UNIT_LINE, '');
  // They put the count and the sum before the buckets: order is not compared.
  const expected = comparable(parsePage(theirs));
  const ours = parsePage(await collect()).filter(({ name }) => !name.startsWith('prom_multiproc_'));
  t.true(ours.length >= 8);
  t.deepEqual(comparable(ours), expected);
  for (const [without, name] of Object.entries(RENAMED)) {
    t.false(ours.some((family) => family.name === without));
    t.true(theirs.includes(`# TYPE ${without} `), `the exporter has come to call it ${name} too`);
  }
  const byProcess = ours.filter(({ samples }) => samples.some(({ labels }) => 'pid' in labels));
  t.deepEqual(
    byProcess.map(({ name }) => name),
    ['process_memory_bytes'],
  );
});
