import type { FamilyTable } from '../model/family.js';
import { atOnce, type Steps } from '../steps.js';
import { FamilyText } from './family-text.js';
import type { Format } from './formats.js';
import { PageBytes } from './page-bytes.js';
import { BlockChanges } from './text-block.js';

/**
 * Renders families as a page, UTF-8. What does not change between two scrapes is kept with
 * the family, so a family that is rendered again costs the numbers that have changed.
 */
export class PageRenderer {
  readonly #format: Format;
  readonly #end: Buffer;
  readonly #texts = new WeakMap<FamilyTable, FamilyText>();
  readonly #changes = new BlockChanges();
  #lastLength = 0;

  constructor(format: Format) {
    this.#format = format;
    this.#end = Buffer.from(format.end);
  }

  /** The page in steps between which other things may be done, but not another page of this renderer. */
  *steps(families: readonly FamilyTable[]): Steps<Buffer> {
    const page = new PageBytes(this.#lastLength);
    for (const family of families) {
      yield* this.#textOf(family).appendTo(page);
      yield;
    }
    page.append(this.#end, 0, this.#end.length);
    this.#lastLength = page.length;
    return page.finish();
  }

  render(families: readonly FamilyTable[]): Buffer {
    return atOnce(this.steps(families));
  }

  #textOf(family: FamilyTable): FamilyText {
    let text = this.#texts.get(family);
    if (text === undefined) {
      text = new FamilyText(this.#format, family, this.#changes);
      this.#texts.set(family, text);
    }
    return text;
  }
}
