import type { FamilyTable } from '../model/family.js';
import { atOnce, type Steps } from '../steps.js';
import { FamilyText } from './family-text.js';
import type { Format } from './formats.js';
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

  constructor(format: Format) {
    this.#format = format;
    this.#end = Buffer.from(format.end);
  }

  /** The page in steps between which other things may be done, but not another page of this renderer. */
  *steps(families: readonly FamilyTable[]): Steps<Buffer> {
    const texts = families.map((family) => this.#textOf(family));
    for (const text of texts) yield* text.update();
    const length = texts.reduce((sum, text) => sum + text.length, this.#end.length);
    const page = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const text of texts) {
      at = text.copyTo(page, at);
      yield;
    }
    page.set(this.#end, at);
    return page;
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
