// Numbers that the environment sets.

import test from 'ava';
import { numberFrom } from '../../src/processes/number-variable.js';

const VARIABLE = { name: 'SOME_NUMBER', unit: 'apples', min: 1, max: 5000, fallback: 7 };

function read(text: string | undefined) {
  const warnings: string[] = [];
  const value = numberFrom({ SOME_NUMBER: text }, VARIABLE, (message) => warnings.push(message));
  return { value, warnings };
}

test('a whole number within its limits is taken, the limits included', (t) => {
  for (const value of [1, 2, 5000]) t.deepEqual(read(`${value}`), { value, warnings: [] });
});

test('nothing is the fallback', (t) => {
  for (const text of [undefined, '']) t.deepEqual(read(text), { value: 7, warnings: [] });
});

test('anything else is the fallback, and told with what can be', (t) => {
  for (const text of ['0', '5001', '-1', '1.5', '1e3', '0x10', ' 2', 'many', '9'.repeat(400)]) {
    t.deepEqual(read(text), {
      value: 7,
      warnings: [
        `SOME_NUMBER is "${text}"; it can be a whole number of apples from 1 to 5000. The default of 7 is used`,
      ],
    });
  }
});
