import assert from 'node:assert/strict';

/** Values of a page by sample name and labels, labels sorted by name. */
export type Samples = ReadonlyMap<string, number>;

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/gy;
const SPECIAL = new Map([
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
]);

/**
 * Reads a page in the text format 0.0.4 of which no line has a timestamp.
 *
 * @throws Error for a line that is none, or a sample that appears twice
 */
export function parsePage(page: string): Samples {
  const samples = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = '', number = ''] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    const key = `${name}{${sortedLabels(labels)}}`;
    if (samples.has(key)) throw new Error(`appears twice: ${key}`);
    samples.set(key, SPECIAL.get(number) ?? Number(number));
  }
  return samples;
}

function sortedLabels(text: string): string {
  const labels: string[] = [];
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    labels.push(match[1] === 'le' ? bound(match[2] as string) : match[0].replace(/,$/, ''));
    end = match.index + match[0].length;
  }
  if (end !== text.length) throw new Error(`not labels: ${text}`);
  return labels.sort().join(',');
}

/** A bucket's bound is a number: clients may write it as `1` or `1.0`. */
function bound(text: string): string {
  return `le="${SPECIAL.has(text) ? text : Number(text)}"`;
}

/**
 * Checks that two sides gave the same samples with the same values, float64 by float64.
 * Returns how many.
 *
 * @throws AssertionError that names the first differences
 */
export function assertSameSamples(expected: Samples, found: Samples, who: string): number {
  const differences: string[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [a, b] = [expected.get(key), found.get(key)];
    if (!Object.is(a, b)) differences.push(`${key}: ${a} expected, ${b} found`);
  }
  assert.deepEqual(differences.slice(0, 5), [], `${who}: ${differences.length} samples differ`);
  assert.ok(found.size > 0, `${who}: the page is empty`);
  return found.size;
}
