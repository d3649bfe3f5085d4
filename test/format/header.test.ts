import test from 'ava';
import fc from 'fast-check';
import { FileFormatError, UnsupportedFileError } from '../../src/errors.js';
import { decodeHeader, encodeHeader, type FileHeader, keptHost } from '../../src/format/header.js';
import {
  BACKEND_AT,
  BYTE_ORDER_AT,
  CHUNK_TABLE_AT,
  CREATED_MS_AT,
  FileKind,
  HEADER_BYTES,
  KIND_AT,
  NAME_AT,
  VERSION_AT,
} from '../../src/format/layout.js';
import { isWriterName } from '../../src/format/writer-name.js';
import { holds } from '../helpers/holds.js';
import { IDENTITY } from '../helpers/writers.js';

const HEADER: FileHeader = { ...IDENTITY, backend: 'mmap', locked: true };

function encoded(header: FileHeader = HEADER): Uint8Array {
  const buffer = new ArrayBuffer(HEADER_BYTES);
  encodeHeader(buffer, header);
  return new Uint8Array(buffer);
}

const u32 = fc.nat(0xffffffff);
const amount = fc.double({ min: 0, max: 1e300, noNaN: true }).map((n) => n + 0);
const header: fc.Arbitrary<FileHeader> = fc.record({
  kind: fc.constantFrom(FileKind.writer, FileKind.archive),
  backend: fc.constantFrom('memory', 'mmap', 'mmap-io', 'file'),
  pid: u32,
  threadId: u32,
  startTicks: amount,
  createdMs: amount,
  locked: fc.boolean(),
  bootId: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .map((hex) => (/^0+$/.test(hex) ? '' : hex)),
  pidNamespace: amount,
  host: fc.string({ unit: 'grapheme', maxLength: 80 }),
  name: fc
    .string({ unit: 'grapheme', maxLength: 130 })
    .map((text) => (isWriterName(text) ? text : '')),
});

test('a header reads back as it was written, its host cut to whole characters', (t) => {
  holds(
    t,
    fc.property(header, (written) => {
      const read = decodeHeader(encoded(written), 'f');
      t.deepEqual(read, { ...written, host: keptHost(written.host) });
    }),
  );
});

test('a host name that a header cannot hold is cut so that cutting again changes nothing', (t) => {
  holds(
    t,
    fc.property(fc.string({ unit: 'grapheme', minLength: 20, maxLength: 100 }), (host) => {
      const kept = keptHost(host);
      t.true(host.startsWith(kept));
      t.true(Buffer.byteLength(kept) <= 63);
      t.is(keptHost(kept), kept);
    }),
  );
  t.is(keptHost('h'.repeat(64)), 'h'.repeat(63));
  t.is(keptHost(`${'h'.repeat(62)}é`), 'h'.repeat(62));
});

test('a header that is cut off at any byte is a typed error', (t) => {
  const bytes = encoded();
  for (let length = 0; length < HEADER_BYTES; length++) {
    const error = t.throws(() => decodeHeader(bytes.subarray(0, length), 'cut.pmp'), {
      instanceOf: FileFormatError,
    });
    if (!error?.message.includes('cut.pmp')) t.fail(`no path in: ${error?.message}`);
  }
});

test('bytes that are no header are a typed error that names the file', (t) => {
  holds(
    t,
    fc.property(fc.uint8Array({ maxLength: HEADER_BYTES * 2 }), (bytes) => {
      t.throws(() => decodeHeader(bytes, 'junk.pmp'), {
        instanceOf: FileFormatError,
        message: /junk\.pmp/,
      });
    }),
  );
});

test('a header with any changed bytes is read or is a typed error', (t) => {
  const change = fc.tuple(fc.nat(191), fc.nat(255));
  holds(
    t,
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = encoded();
      for (const [at, value] of changes) bytes[at] = value;
      try {
        decodeHeader(bytes, 'f');
      } catch (error) {
        t.true(error instanceof FileFormatError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

const UNSUPPORTED = [
  ['format version', VERSION_AT, 2],
  ['byte order', BYTE_ORDER_AT, 0x04030201],
  ['kind of file', KIND_AT, 3],
  ['backend', BACKEND_AT, 9],
] as const;
for (const [what, at, value] of UNSUPPORTED) {
  test(`a file of another ${what} is refused as unsupported, not as broken`, (t) => {
    const bytes = encoded();
    new DataView(bytes.buffer).setUint32(at, value, true);
    const error = t.throws(() => decodeHeader(bytes, 'other.pmp'), {
      instanceOf: UnsupportedFileError,
    });
    t.is(error?.offset, at);
    t.is(error?.path, 'other.pmp');
  });
}

test('a stable name that breaks the rules is none, and no fault of the file', (t) => {
  const breaking = ['a#2', 'a\0b', 'a\nb', '\u009b', '\ufffd', 'a\ud800'];
  for (const name of breaking) t.is(decodeHeader(encoded({ ...HEADER, name }), 'f').name, '', name);
  const bytes = encoded({ ...HEADER, name: 'web' });
  bytes[NAME_AT + 2] = 0xff;
  t.is(decodeHeader(bytes, 'f').name, '', 'not UTF-8');
  t.is(decodeHeader(bytes, 'f').host, HEADER.host);
});

test('a stable name has at most 127 bytes, and its length is not believed beyond them', (t) => {
  const longest = 'é'.repeat(63);
  t.true(isWriterName(`${longest}x`));
  t.false(isWriterName(`${longest}é`));
  t.false(isWriterName(''));
  const bytes = encoded({ ...HEADER, name: 'x'.repeat(127) });
  t.is(decodeHeader(bytes, 'f').name, 'x'.repeat(127));
  bytes[NAME_AT] = 255;
  bytes[CHUNK_TABLE_AT] = 0x78;
  t.is(decodeHeader(bytes, 'f').name, 'x'.repeat(127));
});

for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
  test(`a time of creation of ${value} is refused: writers are ordered by it`, (t) => {
    const bytes = encoded();
    new DataView(bytes.buffer).setFloat64(CREATED_MS_AT, value, true);
    t.throws(() => decodeHeader(bytes, 'f'), { instanceOf: FileFormatError });
  });
}
