import test from 'ava';
import fc from 'fast-check';
import { moveParts } from '../../src/exposition/shifts.js';
import { atOnce } from '../../src/steps.js';
import { holds } from '../helpers/holds.js';

const part = fc.record({ gap: fc.nat(20), length: fc.nat(40), newGap: fc.nat(20) });

test('parts end where they are to be, whatever gets longer or shorter between them', (t) => {
  holds(
    t,
    fc.property(fc.array(part), (parts) => {
      let at = 0;
      let to = 0;
      const moves = parts.map(({ gap, length, newGap }) => {
        const begin = at + gap;
        at = begin + length;
        to += newGap;
        const move = { begin, end: at, by: to - begin };
        to += length;
        return move;
      });
      const text = Uint8Array.from({ length: Math.max(at, to) }, (_, i) => i % 251);
      const before = text.slice();
      const shifts = {
        count: moves.length,
        begins: Uint32Array.from(moves, ({ begin }) => begin),
        ends: Uint32Array.from(moves, ({ end }) => end),
        by: Int32Array.from(moves, ({ by }) => by),
      };
      atOnce(moveParts(text, shifts));
      for (const { begin, end, by } of moves) {
        t.deepEqual(text.slice(begin + by, end + by), before.slice(begin, end));
      }
    }),
    { numRuns: 1000 },
  );
});

test('a part that is larger than a step is moved piece by piece, to either side', (t) => {
  const size = 3_000_000;
  for (const by of [-7, 7]) {
    const text = Uint8Array.from({ length: size + 20 }, (_, i) => (i * 7919) % 253);
    const before = text.slice(10, 10 + size);
    const shifts = {
      count: 1,
      begins: Uint32Array.of(10),
      ends: Uint32Array.of(10 + size),
      by: Int32Array.of(by),
    };
    t.is([...moveParts(text, shifts)].length, 2);
    t.true(Buffer.from(before).equals(text.subarray(10 + by, 10 + by + size)));
  }
});
