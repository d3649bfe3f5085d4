// The page for people: reads /api/families again and again, and shows what it says.

import type { FamilyReport } from '../../model/report.js';
import { readReport, setToken, type Trouble, troubleOf } from './api.js';
import { byId, setText } from './dom.js';
import { FamiliesTable, type SortKey } from './families.js';
import { Histories } from './history.js';
import { openPagesWithToken } from './links.js';
import { type MeasuredFamily, measure } from './measures.js';
import { Problems } from './problems.js';
import { Refresher } from './refresher.js';
import { type MeasuredSeries, measureSeries } from './series.js';
import { keepSettings, MAX_OPEN, readSettings, type Settings } from './settings.js';
import { Status } from './status.js';
import { Writers } from './writers.js';

/** Series of an open family at first; each "more" doubles them. */
const FIRST_SERIES = 25;
const MAX_SERIES = 1_600;
/** A request is sent when whoever types a search rests. */
const SEARCH_DELAY_MS = 200;
const CLOCK_MS = 1_000;

class Page {
  readonly #status = new Status();
  readonly #problems = new Problems();
  readonly #writers = new Writers();
  readonly #table = new FamiliesTable({
    toggle: (name) => this.#toggle(name),
    more: (name) => this.#more(name),
    sort: (by) => this.#sort(by),
  });
  readonly #histories = new Histories();
  readonly #limits = new Map<string, number>();
  readonly #refresher: Refresher;
  #settings: Settings = readSettings(location.hash);
  #families: readonly MeasuredFamily[] = [];
  #series = new Map<string, readonly MeasuredSeries[]>();
  #health: 'waiting' | 'live' | 'trouble' = 'waiting';
  #searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#refresher = new Refresher(() => this.#refresh(), this.#settings.everySeconds);
    this.#connectControls();
    setInterval(() => this.#showHealth(), CLOCK_MS);
    void this.#refresher.now();
  }

  async #refresh(): Promise<void> {
    const { search } = this.#settings;
    try {
      const report = await readReport({ search, limit: 0 });
      const atMs = Date.parse(report.time);
      this.#families = report.families.map((family) => measure(family, this.#histories, atMs));
      this.#histories.forget(atMs);
      this.#series = await this.#readSeries(search);
      this.#status.showReport(report, Date.now(), search === '');
      this.#problems.update(report);
      this.#writers.update(report);
      this.#health = 'live';
    } catch (error) {
      this.#showTrouble(troubleOf(error));
    }
    this.#show();
  }

  /** The series of the families that are open. @throws TroubleError */
  async #readSeries(search: string): Promise<Map<string, readonly MeasuredSeries[]>> {
    const there = new Set(this.#families.map(({ family }) => family.name));
    const names = this.#settings.open.filter((name) => there.has(name));
    if (names.length === 0) return new Map();
    const limit = Math.max(...names.map((name) => this.#limitOf(name)));
    const { time, families } = await readReport({ search, limit, names });
    const measured = families
      .filter(({ name }) => names.includes(name))
      .map((family): [string, readonly MeasuredSeries[]] => [
        family.name,
        measureSeries(family, this.#histories, Date.parse(time)).slice(
          0,
          this.#limitOf(family.name),
        ),
      ]);
    return new Map(measured);
  }

  #limitOf(name: string): number {
    return this.#limits.get(name) ?? FIRST_SERIES;
  }

  #show(): void {
    const { open, sort, type } = this.#settings;
    const families = this.#families.filter(({ family }) => type === '' || family.type === type);
    const shown = families.map((measured) => {
      const { name } = measured.family;
      return { measured, open: open.includes(name), series: this.#series.get(name) };
    });
    this.#table.update(shown, sort);
    byId('nothing').hidden = shown.length > 0 || this.#health === 'waiting';
    setText(byId('shown-count'), countText(shown.map(({ measured }) => measured.family)));
    this.#showHealth();
  }

  #showTrouble(trouble: Trouble): void {
    this.#health = 'trouble';
    this.#status.showTrouble(trouble);
  }

  #showHealth(): void {
    const paused = this.#refresher.paused && this.#health === 'live';
    this.#status.showHealth(paused ? 'paused' : this.#health, Date.now());
  }

  #change(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    keepSettings(this.#settings);
  }

  #toggle(name: string): void {
    const { open } = this.#settings;
    const others = open.filter((one) => one !== name);
    const opens = !open.includes(name);
    this.#change({ open: opens ? [...others, name].slice(-MAX_OPEN) : others });
    this.#show();
    if (opens) void this.#refresher.now();
  }

  #more(name: string): void {
    this.#limits.set(name, Math.min(2 * this.#limitOf(name), MAX_SERIES));
    void this.#refresher.now();
  }

  #sort(by: SortKey): void {
    const { sort } = this.#settings;
    // Numbers are looked at from the top.
    const first = by !== 'name' && by !== 'type';
    this.#change({ sort: { by, descending: sort.by === by ? !sort.descending : first } });
    this.#show();
  }

  #connectControls(): void {
    const search = byId<HTMLInputElement>('search');
    search.value = this.#settings.search;
    search.addEventListener('input', () => {
      clearTimeout(this.#searchTimer);
      this.#searchTimer = setTimeout(() => this.#search(search.value), SEARCH_DELAY_MS);
    });
    const type = byId<HTMLSelectElement>('type');
    type.value = this.#settings.type;
    type.addEventListener('change', () => {
      this.#change({ type: type.value });
      this.#show();
    });
    const every = byId<HTMLSelectElement>('every');
    every.value = String(this.#settings.everySeconds);
    every.addEventListener('change', () => {
      this.#change({ everySeconds: Number(every.value) });
      this.#refresher.setInterval(Number(every.value));
    });
    byId('pause').addEventListener('click', () => this.#pause());
    byId('token-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const token = byId<HTMLInputElement>('token');
      setToken(token.value.trim());
      token.value = '';
      void this.#refresher.now();
    });
    document.addEventListener('keydown', (event) => this.#key(event, search));
    openPagesWithToken((trouble) => {
      this.#showTrouble(trouble);
      this.#showHealth();
    });
  }

  #search(text: string): void {
    this.#change({ search: text });
    void this.#refresher.now();
  }

  #pause(): void {
    this.#refresher.setPaused(!this.#refresher.paused);
    const { paused } = this.#refresher;
    byId('pause').setAttribute('aria-pressed', String(paused));
    this.#showHealth();
  }

  #key(event: KeyboardEvent, search: HTMLInputElement): void {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape' && event.target === search) {
      search.value = '';
      this.#search('');
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') {
      event.preventDefault();
      search.focus();
    } else if (event.key === 'p') {
      this.#pause();
    }
  }
}

function countText(families: readonly FamilyReport[]): string {
  const series = families.reduce((sum, { found }) => sum + found, 0);
  const noun = families.length === 1 ? 'family' : 'families';
  return `${families.length} ${noun}, ${series} series`;
}

new Page();
