/** Stands for every name beyond the bound. */
export const OTHER = 'other';

/** Names that come from outside, the first so many of them; the rest are `other`. */
export class BoundedNames {
  readonly #names = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** The name, or `other`. */
  admit(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#max) return OTHER;
    this.#names.add(name);
    return name;
  }
}
