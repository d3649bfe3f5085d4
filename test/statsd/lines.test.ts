import test from 'ava';
import fc from 'fast-check';
import { LineStream, type LineTaker, takeLines } from '../../src/statsd/lines.js';

class Taken implements LineTaker {
  readonly all: (string | undefined)[] = [];

  take(line: string | undefined): void {
    this.all.push(line);
  }

  refuse(reason: string): void {
    this.all.push(`(${reason})`);
  }
}

function ofWhole(text: Buffer): Taken['all'] {
  const taken = new Taken();
  takeLines(text, taken);
  return taken.all;
}

test('lines end with a newline, with or without a carriage return, or with the text', (t) => {
  t.deepEqual(ofWhole(Buffer.from('a:1|c\r\n\nb:2|c\n \nc:3|c')), ['a:1|c', 'b:2|c', 'c:3|c']);
});

test('a line that is no UTF-8 does not cost the others', (t) => {
  t.deepEqual(ofWhole(Buffer.from('a\n\xff\xfe\nb', 'latin1')), ['a', undefined, 'b']);
});

test('a line may have 8192 bytes and no more', (t) => {
  const longest = 'x'.repeat(8192);
  t.deepEqual(ofWhole(Buffer.from(`${longest}\n${longest}y\nz`)), [
    longest,
    '(line_too_long)',
    'z',
  ]);
});

test('a stream gives the same lines in whatever pieces it comes', (t) => {
  const line = fc.oneof(
    fc.constant(Buffer.from('a:1|c')),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc
      .oneof(fc.integer({ min: 8190, max: 8195 }), fc.integer({ min: 8190, max: 40_000 }))
      .map((length) => Buffer.alloc(length, 'x')),
    fc.constant(Buffer.from('größe:1|c')),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      (lines, sizes, isEnded) => {
        const text = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
        const sent = isEnded ? text : text.subarray(0, -1);
        const taken = new Taken();
        const stream = new LineStream(taken);
        for (let at = 0, i = 0; at < sent.length; i++) {
          const size = sizes[i % sizes.length] as number;
          stream.push(sent.subarray(at, at + size));
          at += size;
        }
        stream.end();
        t.deepEqual(taken.all, ofWhole(sent));
      },
    ),
  );
});

test('what a stream breaks off in is no line, and is told', (t) => {
  const taken = new Taken();
  const stream = new LineStream(taken);
  stream.push(Buffer.from('a:1|c\nb:12'));
  stream.breakOff();
  stream.breakOff();
  t.deepEqual(taken.all, ['a:1|c', '(malformed_line)']);
});

test('of a line without end no more than its longest is kept', (t) => {
  const taken = new Taken();
  const stream = new LineStream(taken);
  for (let i = 0; i < 1000; i++) stream.push(Buffer.alloc(8000, 'x'));
  stream.push(Buffer.from('y\na:1|c\n'));
  t.deepEqual(taken.all, ['(line_too_long)', 'a:1|c']);
});
