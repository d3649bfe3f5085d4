import test from 'ava';
import { negotiateFormat } from '../../src/exposition/negotiate.js';

const CASES: readonly (readonly [
  what: string,
  accept: string | undefined,
  'text' | 'openmetrics',
])[] = [
  ['no header', undefined, 'text'],
  ['an empty header', '', 'text'],
  ['curl', '*/*', 'text'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  [
    'Prometheus 2.4',
    'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'Prometheus 2.42',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'Prometheus 2.53 with native histograms',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
  ['a scraper set to text', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'text'],
  ['one that prefers text', 'application/openmetrics-text;q=0.3,text/plain;q=0.9', 'text'],
  ['one that likes both as well', 'text/plain,application/openmetrics-text', 'openmetrics'],
  ['one that refuses OpenMetrics', 'application/openmetrics-text;q=0,text/plain;q=0', 'text'],
  ['one that wants a version to come', 'application/openmetrics-text;version=2.0.0', 'text'],
  ['capitals and blanks', ' Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.8 ', 'openmetrics'],
  ['a weight that is none', 'application/openmetrics-text;q=high,text/plain', 'text'],
  ['nonsense', ';;,=,q', 'text'],
];

for (const [what, accept, format] of CASES) {
  test(`${what} gets ${format}`, (t) => {
    t.is(negotiateFormat(accept), format);
  });
}
