// Counts with OpenTelemetry's SDK, and ends in one way or another.

import process from 'node:process';
import { isMainThread, Worker } from 'node:worker_threads';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { gaugeMode, MultiprocMetricReader } from '../../src/integrations/opentelemetry/index.js';

const [ending = '', where = 'main'] = process.argv.slice(2);

if (where === 'thread' && isMainThread) {
  new Worker(new URL(import.meta.url), { argv: [ending, where] });
} else {
  const provider = new MeterProvider({
    readers: [new MultiprocMetricReader({ scopeLabels: false })],
    views: [{ instrumentName: 'peak', attributesProcessors: [gaugeMode('max')] }],
  });
  const meter = provider.getMeter('program');
  meter.createCounter('done').add(3);
  meter.createGauge('peak').record(8);
  meter.createUpDownCounter('open').add(2);
  meter.createHistogram('took', { advice: { explicitBucketBoundaries: [1] } }).record(5);
  // What takes part in the loop when it is asked for must not keep the process for ever.
  meter.createObservableCounter('asked').addCallback(async (result) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    result.observe(1);
  });
  if (ending === 'shutdown') {
    await provider.shutdown();
    process.exit();
  }
  if (ending === 'stay') setInterval(() => undefined, 1_000);
}
