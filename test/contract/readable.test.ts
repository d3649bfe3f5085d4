// What src/mapping/mapping.ts demands of a reader's file, on every backend: files are
// written here by plain system calls, so that no writer's backend has a part in it.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MappingError } from '../../src/errors.js';
import { FLUSH_SEQUENCE_AT, HEADER_BYTES, REUSE_AT } from '../../src/format/layout.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

function store(path: string, offset: number, value: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, new Uint8Array(new Float64Array([value]).buffer), 0, 8, offset);
  closeSync(fd);
}

for (const name of expectedBackends()) {
  const backend = loadBackend(name);
  const open = (path: string) => backend.open(path, FLUSH_SEQUENCE_AT);

  test(`${name}: mapped bytes show what was stored, after a refresh`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(3 * CHUNK_ALIGN_BYTES));
    const mapping = open(path);
    t.teardown(() => mapping.close());
    mapping.follow({ flushed: false, headerBytes: HEADER_BYTES, reuseAt: REUSE_AT, marksAt: [] });
    const first = new Float64Array(mapping.map(0, CHUNK_ALIGN_BYTES));
    const last = new Float64Array(mapping.map(2 * CHUNK_ALIGN_BYTES, CHUNK_ALIGN_BYTES));
    for (const value of [1.5, 2.5]) {
      store(path, 4096, value);
      store(path, 3 * CHUNK_ALIGN_BYTES - 8, -value);
      mapping.refresh();
      t.is(first[512], value);
      t.is(last.at(-1), -value);
    }
  });

  test(`${name}: size and inode are the file's, also when it has grown`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES));
    const mapping = open(path);
    t.teardown(() => mapping.close());
    t.is(mapping.size(), CHUNK_ALIGN_BYTES);
    t.is(mapping.inode, statSync(path).ino);
    t.is(mapping.path, path);
    store(path, CHUNK_ALIGN_BYTES, 1);
    t.is(mapping.size(), CHUNK_ALIGN_BYTES + 8);
    t.deepEqual(
      [7, 8, 9].map((more) => mapping.reaches(CHUNK_ALIGN_BYTES + more)),
      [true, true, false],
    );
    t.is(mapping.openedSize, CHUNK_ALIGN_BYTES);
  });

  test(`${name}: a read is as short as the file is`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, 'twelve bytes');
    const mapping = open(path);
    t.teardown(() => mapping.close());
    const target = Buffer.alloc(100);
    t.is(mapping.read(target, 0), 12);
    t.is(target.toString('utf8', 0, 12), 'twelve bytes');
    t.is(mapping.read(target.subarray(0, 3), 7), 3);
    t.is(target.toString('utf8', 0, 3), 'byt');
    t.is(mapping.read(target, 100), 0);
  });

  test(`${name}: reading leaves the file as it was`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES).fill(0xa5));
    const before = statSync(path, { bigint: true });
    const mapping = open(path);
    mapping.map(0, CHUNK_ALIGN_BYTES);
    mapping.refresh();
    mapping.probeLock();
    mapping.close();
    const after = statSync(path, { bigint: true });
    t.is(after.mtimeNs, before.mtimeNs);
    t.is(after.size, before.size);
    t.true(readFileSync(path).every((byte) => byte === 0xa5));
  });

  test(`${name}: a file that is gone says so`, (t) => {
    t.throws(() => open(join(temporaryDirectory(t), 'f')), {
      instanceOf: MappingError,
      code: 'ENOENT',
    });
  });

  test(`${name}: a file stays readable when its name is gone`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES).fill(1));
    const mapping = open(path);
    t.teardown(() => mapping.close());
    rmSync(path);
    t.true(new Uint8Array(mapping.map(0, CHUNK_ALIGN_BYTES)).every((byte) => byte === 1));
    mapping.refresh();
    t.is(mapping.size(), CHUNK_ALIGN_BYTES);
  });

  // Each of these, opened carelessly, hangs, follows, or is read as a file.
  const strange: Record<string, { code: string; make(path: string): void }> = {
    'a directory': { code: 'ENOTREG', make: (path) => mkdirSync(path) },
    'a symbolic link': {
      code: 'ELOOP',
      make(path) {
        writeFileSync(`${path}.target`, new Uint8Array(CHUNK_ALIGN_BYTES));
        symlinkSync(`${path}.target`, path);
      },
    },
    'a FIFO that nobody writes': {
      code: 'ENOTREG',
      make: (path) => execFileSync('mkfifo', [path]),
    },
  };
  for (const [what, { code, make }] of Object.entries(strange)) {
    test(`${name}: ${what} is refused at once`, (t) => {
      const path = join(temporaryDirectory(t), 'f');
      make(path);
      t.throws(() => open(path), { instanceOf: MappingError, code });
    });
  }

  test(`${name}: mapped memory stays readable after close`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES).fill(9));
    const mapping = open(path);
    const bytes = new Uint8Array(mapping.map(0, CHUNK_ALIGN_BYTES));
    mapping.close();
    t.true(bytes.every((byte) => byte === 9));
  });
  test(`${name}: a second close leaves the file alone that has the descriptor's number by then`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES));
    const mapping = open(path);
    mapping.close();
    const other = openSync(path, 'r');
    t.teardown(() => closeSync(other));
    mapping.close();
    t.is(fstatSync(other).size, CHUNK_ALIGN_BYTES);
  });
}
