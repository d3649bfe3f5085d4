import test from 'ava';
import { acceptsGzip } from '../../src/http/accept-encoding.js';

const CASES: readonly (readonly [header: string | undefined, accepted: boolean])[] = [
  // Prometheus.
  ['gzip', true],
  // Browsers.
  ['gzip, deflate, br, zstd', true],
  ['x-gzip', true],
  ['GZIP;Q=0.5', true],
  ['*', true],
  ['deflate, *;q=0.1', true],
  ['gzip;q=0.5, identity;q=0.5', true],
  ['gzip;q=0.001', true],
  [undefined, false],
  ['', false],
  ['identity', false],
  ['br, deflate', false],
  ['gzip;q=0', false],
  ['gzip;q=0, *', false],
  ['*;q=0', false],
  ['gzip;q=0.1, identity;q=0.9', false],
  ['gzip;q=much', false],
  ['gzipped', false],
  [';q=1,,;', false],
];

for (const [header, accepted] of CASES) {
  test(`who sends ${JSON.stringify(header)} ${accepted ? 'takes' : 'does not take'} gzip`, (t) => {
    t.is(acceptsGzip(header), accepted);
  });
}
