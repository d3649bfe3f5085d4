import { el, setAttribute, setText, type View } from './dom.js';
import { FamilyDetail } from './family-detail.js';
import type { MeasuredFamily } from './measures.js';
import { formatNumber, formatRate } from './numbers.js';
import type { MeasuredSeries } from './series.js';
import { Sparkline } from './sparkline.js';
import { visible } from './text.js';

/** Columns of the table of families. */
export const COLUMNS = 6;

export interface ShownFamily {
  readonly measured: MeasuredFamily;
  readonly open: boolean;
  /** Undefined where it is not open, or they were not read yet. */
  readonly series: readonly MeasuredSeries[] | undefined;
}

export interface RowActions {
  toggle(name: string): void;
  more(name: string): void;
}

let rows = 0;

/** A family's row, and below it its details where it is open. */
export function familyView({ measured }: ShownFamily, actions: RowActions): View<ShownFamily> {
  const { name, type } = measured.family;
  rows++;
  const detailId = `detail-${rows}`;
  const button = el('button', { type: 'button', class: 'family', 'aria-controls': detailId }, name);
  const help = el('bdi');
  const badge = (place: string) => el('span', { class: `badge ${type} ${place}` }, type);
  const series = el('td', { class: 'number wide' });
  const now = el('td', { class: 'number' });
  const rate = el('td', { class: 'number rate' });
  const spark = new Sparkline();
  const about = el('span', { class: 'help' }, badge('narrow'), ' ', help);
  const head = el('th', { scope: 'row' }, button, about);
  const row = el(
    'tr',
    { class: 'family-row' },
    head,
    el('td', { class: 'wide' }, badge('')),
    series,
    now,
    rate,
    el('td', { class: 'trend' }, spark.element),
  );
  const cell = el('td', { colspan: String(COLUMNS) });
  const detailRow = el('tr', { class: 'detail-row', id: detailId, hidden: '' }, cell);
  let detail: FamilyDetail | undefined;

  row.addEventListener('click', (event) => {
    // Whoever selects text does not want it opened.
    if (event.target !== button && String(getSelection()) !== '') return;
    actions.toggle(name);
  });

  return {
    element: el('tbody', {}, row, detailRow),
    update({ measured: shown, open, series: lines }) {
      const { family } = shown;
      setText(help, visible(family.help));
      setText(series, formatNumber(family.series));
      setText(now, shown.now);
      setAttribute(now, 'title', shown.exact);
      setText(rate, family.type === 'gauge' ? '' : formatRate(shown.rate, shown.rateUnit));
      const counts = family.type !== 'gauge';
      spark.update(counts ? shown.history.rates() : shown.history.levels(), counts);
      setAttribute(button, 'aria-expanded', String(open));
      detailRow.hidden = !open;
      if (!open) return;
      if (detail === undefined) {
        detail = new FamilyDetail(() => actions.more(name));
        cell.append(detail.element);
      }
      detail.update(shown, lines);
    },
  };
}
