import { type BucketFinder, bucketFinder, findBucket } from '../metrics/bucket-finder.js';
import { setGauge } from '../metrics/gauge-slots.js';
import type { ThreadState } from '../state.js';
import type { Series } from '../store/series.js';
import { Counts } from './counts.js';
import { Families } from './families.js';
import { KNOWN_OVERHEAD_CHARS, MAX_KNOWN_CHARS } from './limits.js';
import { parseLine, type SampleKind, type StatsdSample } from './line.js';
import { type MappedName, type Mapping, mapName } from './mapping.js';
import type { Refusal } from './refusal.js';
import { parseTags } from './tags.js';

/** What becomes of samples of one kind, name and tags. */
interface Target {
  readonly tagErrors: number;
  readonly scale: number;
  readonly goesTo: Series | Refusal | 'dropped';
  /** Of a histogram. */
  readonly finder: BucketFinder | undefined;
}

/** Counts lines in the store. Whatever they hold, it throws nothing. */
export class Intake {
  readonly counts: Counts;
  readonly #mapping: Mapping;
  readonly #families: Families;
  readonly #known = new Map<string, Target>();
  #knownChars = 0;

  constructor(state: ThreadState, mapping: Mapping) {
    this.counts = new Counts(state.store);
    this.#families = new Families(state);
    this.#mapping = mapping;
  }

  /** Takes one line; none where its bytes are no text. */
  take(line: string | undefined): void {
    this.counts.lines.add();
    if (line === undefined) {
      this.counts.errors.add('malformed_line');
      return;
    }
    const { name, tags, samples, refused } = parseLine(line);
    for (const reason of refused) this.counts.errors.add(reason);
    for (const sample of samples) this.#count(sample, this.#targetOf(name, sample.kind, tags));
  }

  refuse(reason: Refusal): void {
    this.counts.errors.add(reason);
  }

  #targetOf(name: string, kind: SampleKind, tags: string): Target {
    const key = `${kind}|${name}|${tags}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const target = this.#resolve(name, kind, tags);
    this.#knownChars += key.length + KNOWN_OVERHEAD_CHARS;
    if (this.#knownChars > MAX_KNOWN_CHARS) {
      this.#known.clear();
      this.#knownChars = key.length + KNOWN_OVERHEAD_CHARS;
    }
    this.#known.set(key, target);
    return target;
  }

  #resolve(name: string, kind: SampleKind, text: string): Target {
    const none = { tagErrors: 0, scale: 1, finder: undefined };
    const mapped = mapName(name, kind, this.#mapping);
    if (mapped === undefined) return { ...none, goesTo: 'dropped' };
    const tags = parseTags(text);
    if (tags === undefined) return { ...none, goesTo: 'too_many_labels' };
    const { errors: tagErrors } = tags;
    const goesTo = this.#families.seriesOf(mapped, kind, merged(tags.labels, mapped));
    if (typeof goesTo === 'string') return { ...none, tagErrors, goesTo };
    const { type, buckets } = goesTo.metric.descriptor;
    const finder = type === 'histogram' ? bucketFinder(buckets) : undefined;
    return { tagErrors, scale: mapped.scale, goesTo, finder };
  }

  #count(sample: StatsdSample, { goesTo, finder, scale, tagErrors }: Target): void {
    const { counts } = this;
    if (tagErrors > 0) counts.tagErrors.add(undefined, tagErrors);
    if (goesTo === 'dropped') counts.dropped.add();
    else if (typeof goesTo === 'string') counts.errors.add(goesTo);
    else if (update(goesTo, finder, sample, sample.value * scale)) counts.samples.add(sample.kind);
    else counts.errors.add('malformed_value');
  }
}

/**
 * Labels of a line, and those of its rule, which come first unless the rule honours the
 * line's. One without a value is none: to Prometheus it is not there.
 */
function merged(
  own: ReadonlyMap<string, string>,
  { labels, honorLabels }: MappedName,
): ReadonlyMap<string, string> {
  if (labels.length === 0) return own;
  const all = honorLabels ? [...labels, ...own] : [...own, ...labels];
  return new Map(all.filter(([, value]) => value !== ''));
}

/** Brings a sample to its series. False where a gauge would be no number then. */
function update(
  series: Series,
  finder: BucketFinder | undefined,
  { kind, relative, weight }: StatsdSample,
  value: number,
): boolean {
  const { values, index, dirty } = series;
  if (kind === 'gauge') {
    const gauge = relative ? (values[index] as number) + value : value;
    if (!Number.isFinite(gauge)) return false;
    setGauge(series, gauge, 'time');
    return true;
  }
  if (kind === 'counter') {
    values[index] = (values[index] as number) + value;
    dirty?.mark(index, index);
    return true;
  }
  // A histogram's sum is its last slot, a summary's the one after its count.
  const countAt = index + (finder === undefined ? 0 : findBucket(finder, value));
  const sumAt = index + series.metric.width - 1;
  values[countAt] = (values[countAt] as number) + weight;
  values[sumAt] = (values[sumAt] as number) + value * weight;
  dirty?.mark(countAt, sumAt);
  return true;
}
