// Reads a page of the text format 0.0.4 or of OpenMetrics 1.0 back into samples. It is
// written from the formats' descriptions and shares nothing with what renders pages. It
// refuses what Prometheus would refuse: a label twice in a sample, a sample twice on the
// page, a family twice, a sample outside its family.

export interface PageSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PageFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: PageSample[];
}

const SAMPLE = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/s;
const LABEL = /(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/sy;

/** @throws Error that quotes the line at fault */
export function parsePage(page: string): PageFamily[] {
  const families = new Map<string, PageFamily>();
  const seen = new Set<string>();
  let help: { name: string; text: string } | undefined;
  let current: PageFamily | undefined;
  for (const line of page.split('\n')) {
    if (line === '' || line === '# EOF') continue;
    const [, keyword, subject = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (keyword === 'HELP') help = { name: subject, text: unescaped(rest) };
    else if (keyword === 'TYPE') {
      if (families.has(subject)) throw new Error(`family twice: ${line}`);
      if (help?.name !== subject) throw new Error(`TYPE without its HELP: ${line}`);
      current = { name: subject, help: help.text, type: rest, samples: [] };
      families.set(subject, current);
    } else {
      const sample = parseSample(line);
      if (!current || !belongs(sample.name, current)) throw new Error(`out of family: ${line}`);
      const key = sampleKey(sample);
      if (seen.has(key)) throw new Error(`sample twice: ${line}`);
      seen.add(key);
      current.samples.push(sample);
    }
  }
  return [...families.values()];
}

/** Values by name and labels, the labels sorted by name: `h_bucket{a="1",le="5"}`. */
export function samplesByKey(page: string): Record<string, number> {
  const samples = parsePage(page).flatMap((family) => family.samples);
  return Object.fromEntries(samples.map((sample) => [sampleKey(sample), sample.value]));
}

/** Name and labels of a sample as one text, the labels sorted by name. */
export function sampleKey({ name, labels }: Pick<PageSample, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return name;
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}

function parseSample(line: string): PageSample {
  const { name, labels = '', value } = SAMPLE.exec(line)?.groups ?? {};
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels, line), value: parseValue(value, line) };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const { name, value } = LABEL.exec(text)?.groups ?? {};
    if (name === undefined || value === undefined) throw new Error(`broken labels: ${line}`);
    if (labels.has(name)) throw new Error(`label ${name} twice: ${line}`);
    labels.set(name, unescaped(value));
  }
  return Object.fromEntries(labels);
}

function parseValue(text: string, line: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  // prom-client writes `Nan`; Prometheus reads either.
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[-+]?[\d.]+(?:e[-+]?\d+)?$/.test(text)) throw new Error(`no number: ${line}`);
  return Number(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function belongs(sample: string, { name, type }: PageFamily): boolean {
  if (sample === name) return type !== 'histogram';
  const suffix = sample.startsWith(name) ? sample.slice(name.length) : '';
  if (type === 'counter') return suffix === '_total';
  if (type === 'summary') return suffix === '_sum' || suffix === '_count';
  return type === 'histogram' && ['_bucket', '_sum', '_count'].includes(suffix);
}
