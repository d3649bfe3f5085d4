import test from 'ava';
import fc from 'fast-check';
import { escapeHelp, escapeLabelValue } from '../../src/exposition/escape.js';
import { holds } from '../helpers/holds.js';
import { labelText } from '../helpers/records.js';

/** Reads a quoted label value as the text format's grammar says. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

test('a label value that is escaped stands on one line between quotes and reads back', (t) => {
  holds(
    t,
    fc.property(labelText, (value) => {
      const escaped = escapeLabelValue(value);
      t.false(escaped.includes('\n'));
      t.notRegex(escaped, /(?<!\\)(?:\\\\)*"/);
      t.is(unescaped(escaped), value);
    }),
    { numRuns: 1000 },
  );
});

test('backslashes, newlines and quotes are escaped, and nothing else', (t) => {
  t.is(escapeLabelValue('a\\b\nc"d'), 'a\\\\b\\nc\\"d');
  t.is(escapeLabelValue('\\n'), '\\\\n');
  t.is(escapeLabelValue("tab\t, é, 👍, {}, ,='"), "tab\t, é, 👍, {}, ,='");
});

test('a help text keeps its quotes', (t) => {
  t.is(escapeHelp('say "hi"\\\nbye'), 'say "hi"\\\\\\nbye');
});
