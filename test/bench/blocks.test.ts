import test from 'ava';
import { longestBlock } from '../../bench/support/blocks.js';

const spin = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

test('the longest of several blocks is found, wherever it lies', async (t) => {
  const pieces = [
    [30, 1, 1],
    [1, 30, 1],
    [1, 1, 30],
  ];
  for (const blocks of pieces) {
    const { longestMs, ms, bytes } = await longestBlock(async () => {
      for (const block of blocks) {
        spin(block);
        await new Promise(setImmediate);
      }
      return 7;
    });
    t.true(longestMs >= 30, `${longestMs} ms`);
    t.true(ms >= 32, `${ms} ms in all`);
    t.is(bytes, 7);
  }
});

test('work that ends without a turn counts as one block', async (t) => {
  const { longestMs } = await longestBlock(async () => {
    spin(20);
    return 0;
  });
  t.true(longestMs >= 20, `${longestMs} ms`);
});
