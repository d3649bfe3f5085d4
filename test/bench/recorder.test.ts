import test from 'ava';
import { mergedSamples, Recorder } from '../../bench/support/recorder.js';

test('what processes recorded is merged as on a page: sums, cumulative buckets, gauges of the live', (t) => {
  const processes = [true, false].map((live) => {
    const { client, metrics } = new Recorder();
    const labels = { l: 'a' };
    const of = (name: string) => ({ name, help: 'h', labelNames: ['l'] });
    const counter = new client.Counter(of('c_total'));
    counter.inc(labels, 2);
    counter.inc(labels, 3);
    new client.Gauge(of('g')).set(labels, 7);
    const histogram = new client.Histogram({ ...of('h'), buckets: [1, 2] });
    for (const value of [1, 1.5, 9]) histogram.observe(labels, value);
    return { live, metrics };
  });
  t.deepEqual(Object.fromEntries(mergedSamples(processes)), {
    'c_total{l="a"}': 10,
    'g{l="a"}': 7,
    'h_bucket{l="a",le="1"}': 2,
    'h_bucket{l="a",le="2"}': 4,
    'h_bucket{l="a",le="+Inf"}': 6,
    'h_sum{l="a"}': 23,
    'h_count{l="a"}': 6,
  });
});
