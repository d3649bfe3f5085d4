/** What is wrong in a mapping file, and where: `mappings[3].name: it is missing`. */
export class MappingError extends Error {
  override name = 'MappingError';

  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
  }
}

/** Settings by name as a mapping file has them, read with their types checked. */
export class Settings {
  readonly #path: string;
  readonly #values: ReadonlyMap<string, unknown>;

  /** @throws MappingError where `value` is no map */
  constructor(path: string, value: unknown) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MappingError(path, 'this is no map of names to values');
    }
    this.#values = new Map(Object.entries(value));
  }

  get keys(): string[] {
    return [...this.#values.keys()];
  }

  /** @throws MappingError always, naming the setting */
  fail(key: string, message: string): never {
    throw new MappingError(this.#path === '' ? key : `${this.#path}.${key}`, message);
  }

  /** @throws MappingError where there are others than these */
  allow(keys: readonly string[]): void {
    for (const key of this.#values.keys()) {
      if (!keys.includes(key))
        this.fail(key, `this is not known here; known are ${keys.join(', ')}`);
    }
  }

  scalar(key: string): string | number | boolean | undefined {
    const value = this.#values.get(key) ?? undefined;
    if (value === undefined || ['string', 'number', 'boolean'].includes(typeof value)) {
      return value as string | number | boolean | undefined;
    }
    return this.fail(key, 'it is not one value');
  }

  /** Numbers and booleans as they are written: labels often are. */
  text(key: string): string | undefined {
    const value = this.scalar(key);
    return value === undefined ? undefined : `${value}`;
  }

  flag(key: string): boolean {
    const value = this.scalar(key) ?? false;
    return typeof value === 'boolean' ? value : this.fail(key, 'it is neither true nor false');
  }

  number(key: string): number | undefined {
    const value = this.scalar(key);
    if (value === undefined || Number.isFinite(value)) return value as number | undefined;
    return this.fail(key, 'it is no number');
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const chosen = choices.find((choice) => choice === value);
    return chosen ?? this.fail(key, `${value} is none of ${choices.join(', ')}`);
  }

  settings(key: string): Settings | undefined {
    const value = this.#values.get(key) ?? undefined;
    return value === undefined ? undefined : new Settings(this.#inner(key), value);
  }

  list(key: string): Settings[] {
    const value = this.#values.get(key) ?? [];
    if (!Array.isArray(value)) return this.fail(key, 'it is no list');
    return value.map((item, i) => new Settings(`${this.#inner(key)}[${i}]`, item));
  }

  /** Numbers, each greater than the one before; `+Inf` at the end goes without saying. */
  ascending(key: string): number[] | undefined {
    const value = this.#values.get(key) ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.fail(key, 'it is no list');
    const numbers = value.at(-1) === Number.POSITIVE_INFINITY ? value.slice(0, -1) : value;
    const good = numbers.every((n, i) => Number.isFinite(n) && (i === 0 || n > numbers[i - 1]));
    return good ? numbers : this.fail(key, 'these are no numbers in ascending order');
  }

  #inner(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}
