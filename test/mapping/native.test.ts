// The native backend over a provider that refuses, or does not do what it says.

import { fstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MappingError } from '../../src/errors.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { fileStatus, readOnce } from '../../src/mapping/descriptor.js';
import { type Mapper, nativeBackend } from '../../src/mapping/native.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

/** A provider whose memory is a copy that never reaches the file. */
const copying: Mapper = {
  name: 'mmap',
  map: (_fd, _offset, length) => new ArrayBuffer(length),
  reserve: () => 'ENOSYS',
  flock: () => undefined,
  size: () => 0,
  status: fileStatus,
  read: readOnce,
};

test('memory that is a copy of the file is found out, for every writer anew', (t) => {
  const directory = temporaryDirectory(t);
  const backend = nativeBackend(copying);
  for (const name of ['first', 'second']) {
    const mapping = backend.create(join(directory, name), CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    t.throws(() => mapping.extend(0, CHUNK_ALIGN_BYTES), {
      instanceOf: MappingError,
      code: 'ENOTSUP',
    });
  }
});

for (const failure of ['ENOSYS', 'EOPNOTSUPP', 'EINVAL', 'EINTR']) {
  test(`zeros are written before memory is mapped where reserving ends with ${failure}`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const sizes: number[] = [];
    const mapper: Mapper = {
      ...copying,
      reserve: () => failure,
      map(fd, offset, length, writable) {
        sizes.push(fstatSync(fd).size);
        return copying.map(fd, offset, length, writable);
      },
    };
    const mapping = nativeBackend(mapper).create(path, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    t.throws(() => mapping.extend(0, CHUNK_ALIGN_BYTES), { code: 'ENOTSUP' });
    t.deepEqual(sizes, [CHUNK_ALIGN_BYTES]);
  });
}

test('a refusal of the system to reserve carries its code and leaves no bytes behind', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const refusing = nativeBackend({ ...copying, reserve: () => 'ENOSPC' });
  const mapping = refusing.create(path, CREATE_OPTIONS);
  t.teardown(() => mapping.close());
  const error = t.throws(() => mapping.extend(0, CHUNK_ALIGN_BYTES), {
    instanceOf: MappingError,
    code: 'ENOSPC',
  });
  t.true(error?.message.includes(path));
  t.is(statSync(path).size, 0);
});

test('a mapping that the system refuses carries its code and gives the blocks back', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const refusing = nativeBackend({
    ...copying,
    map() {
      throw Object.assign(new Error('mmap failed'), { code: 'ENOMEM' });
    },
  });
  const mapping = refusing.create(path, CREATE_OPTIONS);
  t.teardown(() => mapping.close());
  t.throws(() => mapping.extend(0, CHUNK_ALIGN_BYTES), {
    instanceOf: MappingError,
    code: 'ENOMEM',
  });
  t.is(statSync(path).size, 0);
});

test('a file system that refuses locks makes a writer that claims none', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const mapping = nativeBackend({ ...copying, flock: () => 'ENOLCK' }).create(path, CREATE_OPTIONS);
  t.teardown(() => mapping.close());
  t.false(mapping.locked);
});
