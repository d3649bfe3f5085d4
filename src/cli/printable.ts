import { jsonValue } from '../exposition/numbers.js';

/**
 * Label values, help texts and file names are anybody's: what a terminal would obey, or
 * what would show text in another order than it is in, is shown as an escape.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, but for the ends of lines. */
const UNPRINTABLE_IN_LINE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of one line that a terminal shows and does not obey. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** The same for text of several lines. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE_IN_LINE, escaped);
}

/**
 * JSON, in which all that is not printable is escaped, and numbers that JSON does not have
 * are the strings `NaN`, `+Inf` and `-Inf`.
 */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (_key, item) => jsonValue(item), indent);
  return text.replace(UNPRINTABLE_IN_LINE, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  const digits = code.toString(16);
  return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
