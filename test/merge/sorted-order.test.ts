import test from 'ava';
import fc from 'fast-check';
import { sortedOrder } from '../../src/merge/sorted-order.js';
import { atOnce } from '../../src/steps.js';
import { holds } from '../helpers/holds.js';

test('the order is that of a stable sort, whatever the number', (t) => {
  holds(
    t,
    fc.property(
      fc.nat(5000).chain((count) => fc.tuple(fc.constant(count), fc.integer(), fc.nat(3000))),
      ([count, seed, range]) => {
        const keys = Array.from(
          { length: count },
          (_, i) => Math.imul(seed + i, 0x9e3779b1) % (range + 1),
        );
        const order = atOnce(
          sortedOrder(count, (a, b) => (keys[a] as number) - (keys[b] as number)),
        );
        const expected = [...keys.keys()].sort((a, b) => (keys[a] as number) - (keys[b] as number));
        t.deepEqual([...order], expected);
      },
    ),
    { numRuns: 200 },
  );
});

test('no step sorts or merges many', (t) => {
  const count = 50_000;
  let most = 0;
  let compared = 0;
  const steps = sortedOrder(count, (a, b) => {
    compared++;
    return b - a;
  });
  for (;;) {
    const { done } = steps.next();
    most = Math.max(most, compared);
    compared = 0;
    if (done === true) break;
  }
  t.true(most < 8192, `${most} comparisons in one step`);
});
