import type { FamilyTable } from '../model/family.js';
import { atOnce, type Steps } from '../steps.js';
import type { Format } from './formats.js';
import { type Page, Sheet } from './sheet.js';

/**
 * Renders families as a page, UTF-8. The last page of the same families is kept, so that one
 * that is rendered again costs the numbers that have changed.
 */
export class PageRenderer {
  readonly #format: Format;
  /** By the first of their families. */
  readonly #sheets = new WeakMap<FamilyTable, Sheet>();

  constructor(format: Format) {
    this.#format = format;
  }

  /**
   * A page of `shown`, which are some or all of `families`, in steps between which other
   * things may be done, but not another page of this renderer.
   */
  *steps(
    families: readonly FamilyTable[],
    shown: readonly FamilyTable[] = families,
  ): Steps<Buffer> {
    const some = shown === families ? undefined : new Set(shown);
    const sheet = yield* this.#updated(families, some);
    return yield* sheet.copy(some);
  }

  /** A page of all families, in memory that serves for the next one when it is released. */
  *lend(families: readonly FamilyTable[]): Steps<Page> {
    return (yield* this.#updated(families)).lend();
  }

  render(families: readonly FamilyTable[]): Buffer {
    return atOnce(this.steps(families));
  }

  *#updated(families: readonly FamilyTable[], shown?: ReadonlySet<FamilyTable>): Steps<Sheet> {
    const sheet = this.#sheetOf(families);
    const [first] = families;
    // One that was left half done says nothing any more.
    if (first !== undefined) this.#sheets.delete(first);
    yield* sheet.update(shown);
    if (first !== undefined) this.#sheets.set(first, sheet);
    return sheet;
  }

  #sheetOf(families: readonly FamilyTable[]): Sheet {
    const [first] = families;
    const known = first === undefined ? undefined : this.#sheets.get(first);
    if (known !== undefined && isSame(known.families, families)) return known;
    return new Sheet(this.#format, families);
  }
}

function isSame(a: readonly FamilyTable[], b: readonly FamilyTable[]): boolean {
  return a.length === b.length && a.every((family, i) => family === b[i]);
}
