import { SORT_KEYS, type Sort, type SortKey } from './families.js';

/** What the reader has chosen. It is kept in the address, so that a reload and a link show the same. */
export interface Settings {
  readonly search: string;
  readonly type: string;
  readonly sort: Sort;
  readonly everySeconds: number;
  readonly open: readonly string[];
}

/** Families that are open at once: their names are in a request, whose length servers bound. */
export const MAX_OPEN = 10;
const INTERVALS_SECONDS = [1, 2, 5, 15, 60];
const DEFAULT_INTERVAL_SECONDS = 5;

export function readSettings(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const by = given.get('sort') as SortKey | null;
  const everySeconds = Number(given.get('every'));
  return {
    search: given.get('search') ?? '',
    type: given.get('type') ?? '',
    sort: {
      by: by !== null && SORT_KEYS.includes(by) ? by : 'name',
      descending: given.has('descending'),
    },
    everySeconds: INTERVALS_SECONDS.includes(everySeconds)
      ? everySeconds
      : DEFAULT_INTERVAL_SECONDS,
    open: given.getAll('open').slice(0, MAX_OPEN),
  };
}

export function keepSettings({ search, type, sort, everySeconds, open }: Settings): void {
  const kept = new URLSearchParams();
  if (search !== '') kept.set('search', search);
  if (type !== '') kept.set('type', type);
  if (sort.by !== 'name') kept.set('sort', sort.by);
  if (sort.descending) kept.set('descending', '');
  if (everySeconds !== DEFAULT_INTERVAL_SECONDS) kept.set('every', String(everySeconds));
  for (const name of open) kept.append('open', name);
  const hash = kept.toString();
  history.replaceState(null, '', hash === '' ? location.pathname : `#${hash}`);
}
