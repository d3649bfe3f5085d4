/**
 * From a labels object to the series it names: the hot path of every labelled update.
 *
 * The index is a tree with one level per label name, keyed by the values as the
 * application gives them: no key string is built, and nothing is hashed that the engine
 * has not hashed already. A level with few values is scanned, which for the strings that
 * label values usually are is a comparison of pointers and cheaper than a hash lookup;
 * one with many values is a Map. Numbers and booleans are keyed in the Map, beside the
 * string they stand for.
 *
 * A function generated for the metric's label names reads each label by a fixed name:
 * the engine then knows the shape of the labels object at that very place, which a
 * loop over names, shared by all metrics, denies it. Names are held to
 * `[a-zA-Z_][a-zA-Z0-9_]*` before they come here. Where generating code is forbidden
 * the loop serves. `bench/update.ts` measures it.
 */

import { inspect } from 'node:util';
import type { LabelValues } from '../model/labels.js';

/** What the index holds: a series that knows how many of its labels are present. */
export interface Indexed {
  readonly labelValues: LabelValues;
  readonly labelCount: number;
}

type Find<T> = (labels: object) => T | undefined;

/** Lookups after which generating code pays for itself. */
const LOOKUPS_BEFORE_GENERATION = 64;

/** Strings that are scanned; a level with more of them keeps them in its Map. */
const MAX_SCANNED = 8;

/** What follows after each value of one label. */
class Level {
  /** Strings while they are few, and what follows after each; empty once they are many. */
  readonly keys: string[] = [];
  readonly next: unknown[] = [];
  /** What is not a string, and strings once they are many. */
  readonly map = new Map<unknown, unknown>();

  /** What follows after `key`. The generated code does the same in line. */
  get(key: unknown): unknown {
    if (typeof key === 'string' && this.keys.length > 0) {
      const at = this.keys.indexOf(key);
      return at < 0 ? undefined : this.next[at];
    }
    return this.map.get(key);
  }

  set(key: unknown, value: unknown): void {
    const { keys, next, map } = this;
    if (typeof key !== 'string') {
      map.set(key, value);
      return;
    }
    const at = keys.indexOf(key);
    if (at >= 0) next[at] = value;
    else if (map.has(key) || this.#overflows()) map.set(key, value);
    else {
      keys.push(key);
      next.push(value);
    }
  }

  delete(key: unknown): void {
    const at = typeof key === 'string' ? this.keys.indexOf(key) : -1;
    if (at >= 0) {
      this.keys.splice(at, 1);
      this.next.splice(at, 1);
    } else this.map.delete(key);
  }

  get isEmpty(): boolean {
    return this.keys.length === 0 && this.map.size === 0;
  }

  clear(): void {
    this.keys.length = 0;
    this.next.length = 0;
    this.map.clear();
    this.#strings = 'few';
  }

  #strings: 'few' | 'many' = 'few';

  /** Whether one more string belongs in the Map; moves those that are scanned there when it does. */
  #overflows(): boolean {
    if (this.#strings === 'few' && this.keys.length === MAX_SCANNED) {
      this.#strings = 'many';
      for (const [i, key] of this.keys.entries()) this.map.set(key, this.next[i]);
      this.keys.length = 0;
      this.next.length = 0;
    }
    return this.#strings === 'many';
  }
}

export class LabelIndex<T extends Indexed> {
  readonly #names: readonly string[];
  readonly #root = new Level();
  readonly #loop: Find<T>;
  #generated: Find<T> | undefined;
  #lookups = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#loop = loopFind<T>(this.#root, names);
  }

  /**
   * The series of a labels object that was resolved before, or undefined: then `resolve`
   * says whether the labels are wrong or only new.
   */
  find(labels: object): T | undefined {
    // Two call sites, so that the engine sees one function at this one and can inline it.
    const generated = this.#generated;
    return generated === undefined ? this.#countedLoop(labels) : generated(labels);
  }

  /**
   * Label values in the order of the names, stringified as prom-client does it.
   *
   * @throws Error when there is a label that the metric does not have
   */
  resolve(labels: object): LabelValues {
    for (const label in labels) {
      if (!this.#names.includes(label)) {
        throw new Error(
          `Added label "${label}" is not included in initial labelset: ${inspect(this.#names)}`,
        );
      }
    }
    return this.#names.map((name) => {
      const value = (labels as Record<string, unknown>)[name];
      // What every object inherits is no label, whatever its name.
      if (value === (Object.prototype as unknown as Record<string, unknown>)[name]) {
        return Object.hasOwn(labels, name) && value !== undefined ? `${value}` : undefined;
      }
      return value === undefined ? undefined : `${value as string}`;
    });
  }

  get(values: LabelValues): T | undefined {
    let at: unknown = this.#root;
    for (const value of pathOf(values)) {
      at = (at as Level).get(value);
      if (at === undefined) return undefined;
    }
    return at as T;
  }

  /** Enters a series under its label values. */
  set(series: T): void {
    const path = pathOf(series.labelValues);
    const last = path.length - 1;
    let level = this.#root;
    for (let i = 0; i < last; i++) {
      let next = level.get(path[i]) as Level | undefined;
      if (next === undefined) {
        next = new Level();
        level.set(path[i], next);
      }
      level = next;
    }
    level.set(path[last], series);
  }

  /** Lets `find` know a labels object whose values are numbers or booleans. */
  alias(labels: object, series: T): void {
    const path = pathOf(series.labelValues);
    let level = this.#root;
    this.#names.forEach((name, i) => {
      const value = (labels as Record<string, unknown>)[name];
      const next = level.get(path[i]);
      if (typeof value === 'number' || typeof value === 'boolean') level.set(value, next);
      level = next as Level;
    });
  }

  /** Takes a series out, and levels that are empty then. */
  delete(values: LabelValues): void {
    const path = pathOf(values);
    const levels: Level[] = [this.#root];
    for (let i = 0; i < path.length - 1; i++) {
      const next = levels[i]?.get(path[i]) as Level | undefined;
      if (next === undefined) return;
      levels.push(next);
    }
    for (let i = path.length - 1; i >= 0; i--) {
      const level = levels[i] as Level;
      for (const key of keysOf(path[i])) level.delete(key);
      if (!level.isEmpty) return;
    }
  }

  clear(): void {
    this.#root.clear();
  }

  /** Whether no series is entered. */
  get isEmpty(): boolean {
    return this.#root.isEmpty;
  }

  #countedLoop(labels: object): T | undefined {
    if (++this.#lookups === LOOKUPS_BEFORE_GENERATION) {
      this.#generated = generatedFind<T>(this.#root, this.#names);
    }
    return this.#loop(labels);
  }
}

/** A metric without labels still has one level, with the key `undefined`. */
function pathOf(values: LabelValues): LabelValues {
  return values.length === 0 ? [undefined] : values;
}

/** The keys under which a value may stand: itself, and the number or boolean that reads as it. */
function keysOf(value: string | undefined): unknown[] {
  if (value === undefined) return [undefined];
  const number = Number(value);
  if (String(number) === value) return [value, number];
  if (value === 'true' || value === 'false') return [value, value === 'true'];
  return [value];
}

function loopFind<T extends Indexed>(root: Level, names: readonly string[]): Find<T> {
  return (labels) => {
    let at: unknown = root;
    if (names.length === 0) at = root.get(undefined);
    for (let i = 0; i < names.length && at !== undefined; i++) {
      at = (at as Level).get((labels as Record<string, unknown>)[names[i] as string]);
    }
    if (at === undefined) return undefined;
    // Any other key, known or not, makes the count another one.
    let count = 0;
    for (const _ in labels) count++;
    return count === (at as T).labelCount ? (at as T) : undefined;
  };
}

function generatedFind<T extends Indexed>(
  root: Level,
  names: readonly string[],
): Find<T> | undefined {
  if (names.length === 0) return undefined;
  const steps = names.map(
    (name) => `{
      const key = labels.${name};
      const keys = at.keys;
      let i = keys.length;
      if (typeof key === 'string' && i !== 0) {
        do i--; while (i >= 0 && keys[i] !== key);
        if (i < 0) return undefined;
        at = at.next[i];
      } else {
        at = at.map.get(key);
        if (at === undefined) return undefined;
      }
    }`,
  );
  const body = `
    return function find(labels) {
      let at = root;
      ${steps.join('\n')}
      let count = 0;
      for (const _ in labels) count++;
      return count === at.labelCount ? at : undefined;
    };`;
  try {
    return new Function('root', body)(root) as Find<T>;
  } catch (error) {
    // A content security policy or a flag forbids code from strings.
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
