import test from 'ava';
import { bound, isReached, requirementTable } from '../../bench/support/requirement.js';

test('a requirement is reached at its bound and missed beyond it', (t) => {
  const of = (found: number, bounds: object) =>
    isReached({ what: '', found, unit: 'x', ...bounds });
  t.true(of(40, { atLeast: 40 }));
  t.false(of(39.9, { atLeast: 40 }));
  t.true(of(2, { atMost: 2 }));
  t.false(of(2.1, { atMost: 2 }));
  t.false(of(Number.NaN, { atLeast: 1 }));
});

test('a table of requirements says what was found, what is required, and whether it is there', (t) => {
  const requirement = { what: 'W1, changed', found: 52, atLeast: 40, unit: 'x' };
  t.is(bound(requirement), '>= 40.0 x');
  t.deepEqual(requirementTable([requirement]).rows[1], [
    'W1, changed',
    '52.0 x',
    '>= 40.0 x',
    'yes',
  ]);
});
