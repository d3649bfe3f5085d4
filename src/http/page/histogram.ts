import type { BucketReport } from '../../model/report.js';
import { el, KeyedList, setAttribute, setText, svg, type View } from './dom.js';
import { type History, RECENT_SECONDS } from './history.js';
import { formatNumber, formatShare, toNumber } from './numbers.js';
import { type Buckets, histogramQuantile, separate } from './quantile.js';

export const QUANTILES = [0.5, 0.9, 0.99] as const;

/** What a histogram holds, in one of two spans of time. */
export interface Distribution extends Buckets {
  readonly sum: number;
}

export function boundsOf(buckets: readonly BucketReport[]): number[] {
  return buckets.map(({ le }) => toNumber(le === '+Inf' ? '+Inf' : Number(le)));
}

/** A histogram's numbers as a history keeps them: the count, which rates are of, the buckets and the sum. */
export function readingOf({ counts, sum }: Distribution): number[] {
  return [counts.at(-1) ?? 0, ...counts, sum];
}

/** What was observed of late; undefined where nothing was. */
export function recentOf(bounds: readonly number[], history: History): Distribution | undefined {
  const [count = 0, ...grown] = history.recentGrowth() ?? [];
  if (!(count > 0) || grown.length !== bounds.length + 1) return undefined;
  return { bounds, counts: grown.slice(0, -1), sum: grown.at(-1) as number };
}

interface Bar {
  readonly label: string;
  readonly count: number;
  /** Of the longest. */
  readonly share: number;
  readonly percent: number;
  readonly quantiles: readonly string[];
}

/** Bars of a histogram with its quantiles, of late or of all time. */
export class HistogramView {
  readonly element = el('div', { class: 'histogram' });
  readonly #span = el('div', { class: 'choice', role: 'group', 'aria-label': 'Span of time' });
  readonly #quantiles = el('dl', { class: 'facts' });
  readonly #bars: KeyedList<Bar>;
  readonly #buttons: Readonly<Record<'recent' | 'all', HTMLButtonElement>>;
  #wanted: 'recent' | 'all' | undefined;
  #redraw: () => void = () => {};

  constructor() {
    const list = el('ol', { class: 'bars' });
    this.#bars = new KeyedList(list, barView);
    const button = (span: 'recent' | 'all', text: string) => {
      const made = el('button', { type: 'button' }, text);
      made.addEventListener('click', () => {
        this.#wanted = span;
        this.#redraw();
      });
      return made;
    };
    this.#buttons = {
      recent: button('recent', `Last ${RECENT_SECONDS} s`),
      all: button('all', 'All time'),
    };
    this.#span.append(this.#buttons.recent, this.#buttons.all);
    this.element.append(this.#span, this.#quantiles, list);
  }

  /** Of late where that is known and something was observed, unless the reader chose. */
  update(all: Distribution, recent: Distribution | undefined, unit: string | undefined): void {
    this.#redraw = () => this.update(all, recent, unit);
    const span = this.#wanted ?? (recent === undefined ? 'all' : 'recent');
    for (const name of ['recent', 'all'] as const) {
      setAttribute(this.#buttons[name], 'aria-pressed', String(name === span));
    }
    const nothing = { ...all, counts: all.counts.map(() => 0), sum: 0 };
    const shown = span === 'all' ? all : (recent ?? nothing);
    this.#showFacts(shown, unit);
    this.#bars.update(barsOf(shown, unit).map((bar) => [bar.label, bar]));
  }

  #showFacts(shown: Distribution, unit: string | undefined): void {
    const count = shown.counts.at(-1) ?? 0;
    const facts: (readonly [string, string])[] = QUANTILES.map((q) => [
      quantileName(q),
      formatQuantile(histogramQuantile(q, shown), unit),
    ]);
    facts.push(['mean', count > 0 ? formatNumber(shown.sum / count, unit) : '–']);
    facts.push(['count', formatNumber(count)]);
    showFacts(this.#quantiles, facts);
  }
}

/** Names with their values. */
export function showFacts(
  list: HTMLDListElement,
  facts: readonly (readonly [name: string, value: string])[],
): void {
  while (list.children.length > facts.length) list.lastElementChild?.remove();
  facts.forEach(([name, value], i) => {
    let fact = list.children[i];
    if (fact === undefined) {
      fact = el('div', {}, el('dt'), el('dd'));
      list.append(fact);
    }
    setText(fact.children[0] as Element, name);
    setText(fact.children[1] as Element, value);
  });
}

export function quantileName(q: number): string {
  return `p${q * 100}`;
}

export function formatQuantile(value: number, unit: string | undefined): string {
  return Number.isNaN(value) ? '–' : formatNumber(value, unit);
}

function barsOf(shown: Distribution, unit: string | undefined): Bar[] {
  const counts = separate(shown.counts);
  const longest = Math.max(...counts);
  const total = shown.counts.at(-1) ?? 0;
  return counts.map((count, i) => {
    const bound = shown.bounds[i] as number;
    const label = Number.isFinite(bound)
      ? `≤ ${formatNumber(bound, unit)}`
      : `> ${formatNumber(shown.bounds[i - 1] ?? 0, unit)}`;
    const quantiles = QUANTILES.filter((q) => total > 0 && bucketOf(q, shown) === i);
    return {
      label,
      count,
      share: longest > 0 ? count / longest : 0,
      percent: total > 0 ? count / total : 0,
      quantiles: quantiles.map(quantileName),
    };
  });
}

function bucketOf(q: number, { counts }: Buckets): number {
  const rank = q * (counts.at(-1) as number);
  return counts.findIndex((count) => count >= rank);
}

const BAR_WIDTH = 100;

function barView(): View<Bar> {
  const label = el('span', { class: 'bar-label' });
  const drawing = svg('svg', {
    class: 'bar',
    viewBox: `0 0 ${BAR_WIDTH} 10`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  const rectangle = svg('rect', { height: '10', rx: '1' });
  drawing.append(rectangle);
  const marks = el('span', { class: 'bar-marks' });
  const percent = el('span', { class: 'bar-percent' });
  const count = el('span', { class: 'bar-count' });
  const element = el('li', {}, label, drawing, percent, count, marks);
  return {
    element,
    update(bar) {
      setText(label, bar.label);
      setAttribute(rectangle, 'width', (bar.share * BAR_WIDTH).toFixed(2));
      setText(marks, bar.quantiles.join(' '));
      setText(percent, formatShare(bar.percent));
      setText(count, formatNumber(bar.count));
      element.classList.toggle('empty', bar.count === 0);
    },
  };
}
