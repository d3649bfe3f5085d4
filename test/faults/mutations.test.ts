// Golden files that were changed in any way: `npm run hunt:mutations` is the same with as
// many changes as one likes. What is checked stands in `helpers/mutation-hunt`.

import test from 'ava';
import { HEADER_BYTES } from '../../src/format/layout.js';
import { GOLDEN_NAMES, MutationHunt } from '../helpers/mutation-hunt.js';

const MUTATIONS = 20_000;
/** Of the bytes behind the header every so manieth: what is there differs little. */
const STRIDE = 61;

for (const name of GOLDEN_NAMES) {
  test(`of ${MUTATIONS} changed ${name} files each is read or refused by its name`, (t) => {
    const hunt = new MutationHunt(name);
    const first = Math.floor(Math.random() * 2 ** 31);
    t.log(`seeds from ${first}`);
    for (let i = 0; i < MUTATIONS; i++) hunt.mutate(first + i);
    hunt.end();
    t.log(JSON.stringify(hunt.tally));
    t.true(hunt.tally.read > MUTATIONS / 10);
    t.true(hunt.tally.refused > MUTATIONS / 10);
    t.true(hunt.tally.rendered > MUTATIONS / 100);
  });

  test(`${name} files that are cut off anywhere are refused, also by those that have them open`, (t) => {
    const hunt = new MutationHunt(name);
    for (const open of [false, true]) {
      for (let size = 0; size < hunt.length; size += size < HEADER_BYTES ? 1 : STRIDE) {
        hunt.truncate(size, open);
      }
    }
    hunt.end();
    t.is(hunt.tally.read, 0);
  });
}
