/**
 * From a labels object to the series it names: the hot path of every labelled update.
 *
 * The index is a tree of Maps, one level per label name, keyed by the values as the
 * application gives them, so that a lookup hashes nothing but what the engine has
 * hashed already and builds no key string. Numbers and booleans are keyed beside the
 * string they stand for.
 *
 * A function generated for the metric's label names reads each label by a fixed name:
 * the engine then knows the shape of the labels object at that very place, which a
 * loop over names, shared by all metrics, denies it. Names are held to
 * `[a-zA-Z_][a-zA-Z0-9_]*` before they come here. Where generating code is forbidden
 * the loop serves.
 */

import { inspect } from 'node:util';
import type { LabelValues } from '../model/labels.js';

/** What the index holds: a series that knows how many of its labels are present. */
export interface Indexed {
  readonly labelValues: LabelValues;
  readonly labelCount: number;
}

type Level = Map<unknown, unknown>;
type Find<T> = (labels: object) => T | undefined;

/** Lookups after which generating code pays for itself. */
const LOOKUPS_BEFORE_GENERATION = 256;

export class LabelIndex<T extends Indexed> {
  /**
   * The series of a labels object that was resolved before, or undefined: then `resolve`
   * says whether the labels are wrong or only new.
   */
  find: Find<T>;
  readonly #names: readonly string[];
  readonly #root: Level = new Map();

  constructor(names: readonly string[]) {
    this.#names = names;
    this.find = this.#countingFind();
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
      return value === undefined ? undefined : `${value as string}`;
    });
  }

  get(values: LabelValues): T | undefined {
    let at: unknown = this.#root;
    for (const value of this.#path(values)) {
      at = (at as Level).get(value);
      if (at === undefined) return undefined;
    }
    return at as T;
  }

  /** Enters a series under its label values. */
  set(series: T): void {
    const path = this.#path(series.labelValues);
    const last = path.length - 1;
    let level = this.#root;
    for (let i = 0; i < last; i++) {
      let next = level.get(path[i]) as Level | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(path[i], next);
      }
      level = next;
    }
    level.set(path[last], series);
  }

  /** Lets `find` know a labels object whose values are numbers or booleans. */
  alias(labels: object, series: T): void {
    const path = this.#path(series.labelValues);
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
    const path = this.#path(values);
    const levels: Level[] = [this.#root];
    for (let i = 0; i < path.length - 1; i++) {
      const next = levels[i]?.get(path[i]) as Level | undefined;
      if (next === undefined) return;
      levels.push(next);
    }
    for (let i = path.length - 1; i >= 0; i--) {
      const level = levels[i] as Level;
      for (const key of keysOf(path[i])) level.delete(key);
      if (level.size > 0) return;
    }
  }

  clear(): void {
    this.#root.clear();
  }

  /** A metric without labels still has one level, with the key `undefined`. */
  #path(values: LabelValues): LabelValues {
    return values.length === 0 ? [undefined] : values;
  }

  #countingFind(): Find<T> {
    const loop = loopFind<T>(this.#root, this.#names);
    let lookups = 0;
    return (labels) => {
      if (++lookups > LOOKUPS_BEFORE_GENERATION) {
        this.find = generatedFind<T>(this.#root, this.#names) ?? loop;
      }
      return loop(labels);
    };
  }
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
    (name) => `at = at.get(labels.${name}); if (at === undefined) return undefined;`,
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
