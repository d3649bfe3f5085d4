/** Words that Prometheus has for units, by their UCUM abbreviation: the specification's table. */
const WORDS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tebibytes',
  kBy: 'kilobytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
};

/** What a rate is over: the same units, one of each. */
const PER: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  min: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** A unit as a word for a name: empty where it says nothing, such as `1` and `{packet}`. */
export function unitWord(unit: string): string {
  const [what = '', ...over] = unit.replace(/\{[^{}]*\}/g, '').split('/');
  const first = word(what, WORDS);
  if (over.length === 0) return first;
  const second = word(over.join('_'), PER);
  if (second === '') return first;
  return first === '' ? `per_${second}` : `${first}_per_${second}`;
}

function word(unit: string, words: Readonly<Record<string, string>>): string {
  const trimmed = unit.trim();
  if (trimmed === '1') return '';
  return Object.hasOwn(words, trimmed) ? (words[trimmed] as string) : trimmed;
}
