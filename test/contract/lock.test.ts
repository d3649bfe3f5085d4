// The lock that says that a writer lives, held and given back by the kernel.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FLUSH_SEQUENCE_AT } from '../../src/format/layout.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { nextMessage, startProgram } from '../helpers/programs.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

/** The backends that can lock; the others say so and never claim to know. */
const LOCKING: ReadonlySet<string> = new Set(['mmap']);

for (const name of expectedBackends()) {
  const backend = loadBackend(name);
  const locks = LOCKING.has(name);

  test(`${name}: a writer's lock is ${locks ? 'held until it closes' : 'not claimed'}`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const writer = backend.create(path, CREATE_OPTIONS);
    const reader = backend.open(path, FLUSH_SEQUENCE_AT);
    t.teardown(() => reader.close());
    t.is(writer.locked, locks);
    t.is(reader.probeLock(), locks ? 'held' : 'unknown');
    t.is(reader.probeLock(), locks ? 'held' : 'unknown');
    writer.close();
    t.is(reader.probeLock(), locks ? 'free' : 'unknown');
    t.is(reader.probeLock(), locks ? 'free' : 'unknown');
  });

  test(`${name}: a reader that probes a free lock does not keep it`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, '');
    const [one, other] = [
      backend.open(path, FLUSH_SEQUENCE_AT),
      backend.open(path, FLUSH_SEQUENCE_AT),
    ];
    t.teardown(() => one.close());
    t.teardown(() => other.close());
    const expected = locks ? 'free' : 'unknown';
    t.deepEqual(
      [one.probeLock(), other.probeLock(), one.probeLock()],
      [expected, expected, expected],
    );
  });

  test(`${name}: after SIGKILL the lock is ${locks ? 'free' : 'as unknown as before'}`, async (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const child = startProgram(t, 'hold-lock', [name, path]);
    t.is(await nextMessage(child), locks);
    const reader = backend.open(path, FLUSH_SEQUENCE_AT);
    t.teardown(() => reader.close());
    t.is(reader.probeLock(), locks ? 'held' : 'unknown');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    t.is(reader.probeLock(), locks ? 'free' : 'unknown');
  });
}
