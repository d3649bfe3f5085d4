// The page's estimates of quantiles beside PromQL's: `promtool` evaluates both and compares.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { type Buckets, histogramQuantile, separate } from '../../src/http/page/quantile.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const SEED = Number(process.env.PROM_MULTIPROC_TEST_SEED ?? Date.now() % 2 ** 31);
const HISTOGRAMS = 60;
const QUANTILES = [0, 0.01, 0.5, 0.9, 0.99, 1];
/** Of a quantile: the two add in another order at most. */
const TOLERANCE = 1e-9;

const histograms: fc.Arbitrary<Buckets> = fc
  .uniqueArray(fc.integer({ min: -20, max: 400 }), { minLength: 1, maxLength: 12 })
  .chain((bounds) =>
    fc
      .array(fc.oneof(fc.constant(0), fc.nat(50)), {
        minLength: bounds.length + 1,
        maxLength: bounds.length + 1,
      })
      .map((counts) => {
        let total = 0;
        return {
          bounds: [...bounds.map((bound) => bound / 8).sort((a, b) => a - b), Infinity],
          counts: counts.map((count) => {
            total += count;
            return total;
          }),
        };
      }),
  );

function le(bound: number): string {
  return bound === Infinity ? '+Inf' : String(bound);
}

/** An expression that is 1 where PromQL's estimate is ours. */
function agreement(q: number, ours: number, i: number): string {
  const theirs = `histogram_quantile(${q}, h_bucket{i="${i}"})`;
  // NaN equals nothing, itself included.
  if (Number.isNaN(ours)) return `count(${theirs} != ${theirs})`;
  return `count(abs(${theirs} - (${ours})) <= ${TOLERANCE})`;
}

test('quantiles are estimated as histogram_quantile does', async (t) => {
  t.log(`seed ${SEED}`);
  const samples = fc.sample(histograms, { numRuns: HISTOGRAMS, seed: SEED });
  const series = samples.flatMap(({ bounds, counts }, i) =>
    bounds.map((bound, b) => ({
      series: `h_bucket{i="${i}", le="${le(bound)}"}`,
      values: String(counts[b]),
    })),
  );
  const expressions = samples.flatMap((buckets, i) =>
    QUANTILES.map((q) => ({
      expr: agreement(q, histogramQuantile(q, buckets), i),
      eval_time: '0s',
      exp_samples: [{ labels: '{}', value: 1 }],
    })),
  );
  const file = path.join(temporaryDirectory(t), 'quantiles.json');
  const tests = [{ interval: '1m', input_series: series, promql_expr_test: expressions }];
  writeFileSync(file, JSON.stringify({ rule_files: [], tests }));
  const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', file]);
  t.regex(stdout, /SUCCESS/);
  t.true(expressions.length === HISTOGRAMS * QUANTILES.length);
});

test('without observations, or without a finite bucket, there is no estimate', (t) => {
  t.is(histogramQuantile(0.5, { bounds: [1, Infinity], counts: [0, 0] }), Number.NaN);
  t.is(histogramQuantile(0.5, { bounds: [Infinity], counts: [3] }), Number.NaN);
  t.is(histogramQuantile(0.5, { bounds: [], counts: [] }), Number.NaN);
});

test('cumulative counts are taken apart', (t) => {
  t.deepEqual(separate([2, 5, 5, 9]), [2, 3, 0, 4]);
});
