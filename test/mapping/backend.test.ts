import test from 'ava';
import { BackendError } from '../../src/errors.js';
import { chooseBackend } from '../../src/mapping/backend.js';
import { expectedBackends } from '../helpers/backends.js';

test('the best backend that loads serves where none is forced', (t) => {
  const { backend, refused } = chooseBackend(undefined);
  const best = ['mmap', 'mmap-io', 'file'].find((name) => !refused.has(name));
  t.is(backend.name, best as typeof backend.name);
  for (const name of expectedBackends()) t.false(refused.has(name), refused.get(name));
  t.is(chooseBackend('').backend, backend);
});

for (const name of expectedBackends()) {
  test(`${name} serves where it is forced, one object for all`, (t) => {
    t.is(chooseBackend(name).backend.name, name);
    t.is(chooseBackend(name).backend, chooseBackend(name).backend);
  });
}

for (const name of ['mmaps', 'toString', '__proto__']) {
  test(`${name} is no backend, and the error says what is`, (t) => {
    const error = t.throws(() => chooseBackend(name), { instanceOf: BackendError });
    t.is(error?.backend, name);
    t.regex(error?.message ?? '', /it can be mmap, mmap-io, file/);
  });
}
