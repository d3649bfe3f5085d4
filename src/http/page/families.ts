import { byId, KeyedList, setAttribute } from './dom.js';
import { familyView, type RowActions, type ShownFamily } from './family-row.js';
import type { MeasuredFamily } from './measures.js';

export const SORT_KEYS = ['name', 'type', 'series', 'now', 'rate'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

const ORDER: Readonly<Record<SortKey, (a: MeasuredFamily, b: MeasuredFamily) => number>> = {
  name: byName,
  type: (a, b) => compareText(a.family.type, b.family.type),
  series: (a, b) => a.family.series - b.family.series,
  now: (a, b) => compareNumbers(a.level, b.level),
  rate: (a, b) => compareNumbers(a.rate ?? Number.NaN, b.rate ?? Number.NaN),
};

/** The table of families: a row stays the same element as long as the family is shown. */
export class FamiliesTable {
  readonly #list: KeyedList<ShownFamily>;
  readonly #heads: ReadonlyMap<SortKey, HTMLElement>;

  constructor(actions: RowActions & { sort(by: SortKey): void }) {
    const table = byId('families');
    this.#list = new KeyedList(table, (shown) => familyView(shown, actions));
    const heads = [...table.querySelectorAll<HTMLElement>('th[data-sort]')];
    this.#heads = new Map(heads.map((head) => [head.dataset.sort as SortKey, head]));
    for (const [by, head] of this.#heads) {
      head.querySelector('button')?.addEventListener('click', () => actions.sort(by));
    }
  }

  update(families: readonly ShownFamily[], { by, descending }: Sort): void {
    for (const [key, head] of this.#heads) {
      const direction = descending ? 'descending' : 'ascending';
      setAttribute(head, 'aria-sort', key === by ? direction : 'none');
    }
    const turn = descending ? -1 : 1;
    const sorted = [...families].sort(
      (a, b) => turn * ORDER[by](a.measured, b.measured) || byName(a.measured, b.measured),
    );
    this.#list.update(sorted.map((shown) => [shown.measured.family.name, shown]));
  }
}

function byName(a: MeasuredFamily, b: MeasuredFamily): number {
  return compareText(a.family.name, b.family.name);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is no number comes before all numbers. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b || 0;
}
