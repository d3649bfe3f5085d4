import { el, KeyedList, setAttribute, setText, type View } from './dom.js';
import { HistogramView, showFacts } from './histogram.js';
import type { MeasuredFamily } from './measures.js';
import { formatRate } from './numbers.js';
import type { MeasuredSeries } from './series.js';
import { Sparkline } from './sparkline.js';
import { MAX_SHOWN_CHARS, visible } from './text.js';

const MAX_HELP_CHARS = 2_000;

/** What is shown of a family that is open. */
export class FamilyDetail {
  readonly element = el('div', { class: 'detail' });
  readonly #help = el('p', { class: 'detail-help' });
  readonly #facts = el('dl', { class: 'facts' });
  readonly #histogram = new HistogramView();
  readonly #table = el('table', { class: 'series' });
  readonly #rows: KeyedList<MeasuredSeries>;
  readonly #count = el('p', { class: 'muted' });
  readonly #more = el('button', { type: 'button' }, 'Show more');

  constructor(onMore: () => void) {
    const head = ['Series', 'Value', 'Rate', 'Trend'].map((name) =>
      el('th', { scope: 'col' }, name),
    );
    const body = el('tbody');
    this.#rows = new KeyedList(body, seriesView);
    this.#table.append(el('thead', {}, el('tr', {}, ...head)), body);
    this.#more.addEventListener('click', onMore);
    const end = el('div', { class: 'row' }, this.#count, this.#more);
    this.element.append(this.#help, this.#facts, this.#histogram.element, this.#table, end);
  }

  /** `series` are undefined until they were read. */
  update(measured: MeasuredFamily, shown: readonly MeasuredSeries[] | undefined): void {
    const { family, all, recent } = measured;
    // The row has what is short, where it is wide.
    this.#help.classList.toggle('short', family.help.length <= MAX_SHOWN_CHARS);
    setText(this.#help, visible(family.help, MAX_HELP_CHARS));
    setAttribute(this.#table, 'aria-label', `Series of ${family.name}`);
    this.#showFacts(measured);
    this.#histogram.element.hidden = all === undefined;
    if (all !== undefined) this.#histogram.update(all, recent, family.unit);
    this.#rows.update((shown ?? []).map((series) => [series.key, series]));
    this.#table.hidden = (shown?.length ?? 0) === 0;
    const rest = family.found - (shown?.length ?? 0);
    this.#more.hidden = shown === undefined || rest <= 0;
    setText(this.#count, countText(family.found, family.series, shown?.length));
  }

  #showFacts({ family, exact }: MeasuredFamily): void {
    const { mode, unit, series } = family;
    const facts: [string, string][] = [];
    if (mode !== undefined) facts.push(['across processes', mode]);
    if (unit !== undefined) facts.push(['unit', unit]);
    facts.push(['series', String(series)], ['exactly', exact]);
    showFacts(this.#facts, facts);
  }
}

function countText(found: number, series: number, shown: number | undefined): string {
  if (shown === undefined) return 'Reading series…';
  const of = found < series ? `${found} found, of ${series}` : `${series}`;
  return shown < found ? `${shown} of ${of}` : found < series ? of : '';
}

function seriesView(): View<MeasuredSeries> {
  const labels = el('bdi', { class: 'labels' });
  const value = el('td', { class: 'number' });
  const rate = el('td', { class: 'number' });
  const spark = new Sparkline();
  const name = el('th', { scope: 'row' }, labels);
  const element = el('tr', {}, name, value, rate, el('td', { class: 'trend' }, spark.element));
  return {
    element,
    update(series) {
      setText(labels, series.labels);
      setText(value, series.value);
      setAttribute(value, 'title', series.exact);
      setText(rate, series.counts ? formatRate(series.rate, series.rateUnit) : '');
      spark.update(series.points, series.counts);
    },
  };
}
