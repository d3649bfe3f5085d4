// What src/mapping/mapping.ts demands of a writer's file, on every backend.

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MappingError } from '../../src/errors.js';
import { FLUSH_SEQUENCE_AT, MARK_AT, Mark } from '../../src/format/layout.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

const BLOCK_BYTES = 512;

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`${name}: a file that exists is not created again`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, 'somebody else wrote this');
    t.throws(() => backend.create(path, CREATE_OPTIONS), {
      instanceOf: MappingError,
      code: 'EEXIST',
    });
    t.is(readFileSync(path, 'latin1'), 'somebody else wrote this');
  });

  test(`${name}: a new file has mode 0644 less the umask`, (t) => {
    const directory = temporaryDirectory(t);
    const program = `
      import { loadBackend } from ${JSON.stringify(new URL('../helpers/backends.js', import.meta.url).href)};
      process.umask(0o027);
      loadBackend('${name}').create(process.argv[1], { flushSequenceAt: 264, onFlushError() {} });
    `;
    const path = join(directory, 'f');
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program, path]);
    t.is(child.status, 0, child.stderr.toString());
    t.is(statSync(path).mode & 0o777, 0o640);
  });

  test(`${name}: an extent is zeros, and its blocks are reserved before it is handed out`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const mapping = backend.create(path, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    for (const [offset, length] of [
      [0, CHUNK_ALIGN_BYTES],
      [CHUNK_ALIGN_BYTES, 3 * CHUNK_ALIGN_BYTES],
    ] as const) {
      const bytes = new Uint8Array(mapping.extend(offset, length));
      t.is(bytes.length, length);
      t.true(bytes.every((byte) => byte === 0));
      const { size, blocks } = statSync(path);
      t.is(size, offset + length);
      t.true(blocks * BLOCK_BYTES >= size, `${blocks} blocks for ${size} bytes`);
    }
  });

  test(`${name}: what others wrote into the header survives the writer's flushes`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const mapping = backend.create(path, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    const values = new Float64Array(mapping.extend(0, CHUNK_ALIGN_BYTES));
    const region = mapping.track(0, CHUNK_ALIGN_BYTES);
    const fd = openSync(path, 'r+');
    writeSync(fd, new Uint8Array(new Int32Array([Mark.dead]).buffer), 0, 4, MARK_AT);
    closeSync(fd);
    const before = MARK_AT / 8 - 1;
    values[before] = 1;
    region?.mark(before, before);
    mapping.flush();
    const after = MARK_AT / 8 + 1;
    values[after] = 2;
    region?.mark(after, after);
    mapping.flush();
    const file = readFileSync(path);
    t.is(file.readInt32LE(MARK_AT), Mark.dead);
    t.is(file.readDoubleLE(before * 8), 1);
    t.is(file.readDoubleLE(after * 8), 2);
  });

  test(`${name}: changes reach the file, in every extent`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const mapping = backend.create(path, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    const extents = [0, 1, 2].map((i) => {
      const offset = i * CHUNK_ALIGN_BYTES;
      const values = new Float64Array(mapping.extend(offset, CHUNK_ALIGN_BYTES));
      return { offset, values, region: mapping.track(offset, CHUNK_ALIGN_BYTES) };
    });
    const last = CHUNK_ALIGN_BYTES / 8 - 1;
    extents.forEach(({ values, region }, i) => {
      values[last] = i + 0.5;
      region?.mark(last, last);
    });
    mapping.flush();
    const file = readFileSync(path);
    for (const [i, { offset }] of extents.entries()) {
      t.is(file.readDoubleLE(offset + last * 8), i + 0.5);
    }
  });

  test(`${name}: a marked change reaches the file without being asked for, and at once in the end`, async (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const mapping = backend.create(path, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    const values = new Float64Array(mapping.extend(0, CHUNK_ALIGN_BYTES));
    const region = mapping.track(4096, CHUNK_ALIGN_BYTES - 4096);
    values[512] = 7;
    region?.mark(512, 512);
    // An immediate set now runs after those that were set before.
    await new Promise(setImmediate);
    t.is(readFileSync(path).readDoubleLE(4096), 7);
    mapping.writeThrough();
    values[512] = 8;
    region?.mark(512, 512);
    t.is(readFileSync(path).readDoubleLE(4096), 8);
  });

  test(`${name}: a renamed file is the same file under its new name`, (t) => {
    const directory = temporaryDirectory(t);
    const [from, to] = [join(directory, '.new'), join(directory, 'final')];
    const mapping = backend.create(from, CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    const values = new Float64Array(mapping.extend(0, CHUNK_ALIGN_BYTES));
    const region = mapping.track(4096, 4096);
    t.is(mapping.path, from);
    mapping.rename(to);
    t.is(mapping.path, to);
    t.false(existsSync(from));
    t.is(statSync(to).ino, mapping.inode);
    values[512] = 3;
    region?.mark(512, 512);
    mapping.flush();
    t.is(readFileSync(to).readDoubleLE(4096), 3);
  });

  test(`${name}: a file in a directory that is gone cannot be made or renamed, with the system's reason`, (t) => {
    const directory = temporaryDirectory(t);
    const gone = join(directory, 'gone', 'f');
    t.throws(() => backend.create(gone, CREATE_OPTIONS), {
      instanceOf: MappingError,
      code: 'ENOENT',
    });
    const mapping = backend.create(join(directory, 'f'), CREATE_OPTIONS);
    t.teardown(() => mapping.close());
    t.throws(() => mapping.rename(gone), { instanceOf: MappingError, code: 'ENOENT' });
    t.is(mapping.path, join(directory, 'f'));
  });

  test(`${name}: memory can be written after close`, (t) => {
    const mapping = backend.create(join(temporaryDirectory(t), 'f'), CREATE_OPTIONS);
    const values = new Float64Array(mapping.extend(0, CHUNK_ALIGN_BYTES));
    mapping.close();
    values[FLUSH_SEQUENCE_AT] = 1;
    t.is(values[FLUSH_SEQUENCE_AT], 1);
  });
  test(`${name}: a second close leaves the file alone that has the descriptor's number by then`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    const mapping = backend.create(path, CREATE_OPTIONS);
    mapping.close();
    const other = openSync(path, 'r');
    t.teardown(() => closeSync(other));
    mapping.close();
    t.is(fstatSync(other).ino, mapping.inode);
  });
}
