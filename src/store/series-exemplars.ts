import type { GivenExemplar } from '../model/exemplar.js';
import { clearExemplar } from './exemplar-writer.js';
import type { Place } from './place.js';
import type { Series } from './series.js';

/**
 * The exemplars of this thread's series. What a file has no room for is this thread's alone:
 * nothing here throws for a reason of I/O.
 */
export class SeriesExemplars {
  /** Does what may fail, tells whoever is to know, and says whether it was done. */
  readonly #attempt: (action: () => void) => boolean;
  /** There was no room since the last beat: others are not tried before the next. */
  #full = false;

  constructor(attempt: (action: () => void) => boolean) {
    this.#attempt = attempt;
  }

  /** Gives a bucket of an open series another exemplar. */
  set(series: Series, bucket: number, exemplar: GivenExemplar): void {
    series.exemplars ??= [];
    series.exemplars[bucket] = exemplar;
    const { place } = series;
    if (place === undefined) return;
    if (this.#full && series.exemplarBlocks?.[bucket] === undefined) return;
    if (!this.#attempt(() => place.putExemplar(series, bucket))) this.#full = true;
  }

  /** Takes all exemplars off a series that goes on. */
  clear(series: Series): void {
    series.exemplars = undefined;
    for (const block of series.exemplarBlocks ?? []) if (block !== undefined) clearExemplar(block);
  }

  /** Shows in a place what a series has that has come there. */
  follow(series: Series, to: Place): void {
    if (series.exemplars === undefined || this.#full) return;
    if (!this.#attempt(() => to.putExemplars(series))) this.#full = true;
  }

  /** Once per heartbeat: there may be room again. */
  beat(): void {
    this.#full = false;
  }
}
