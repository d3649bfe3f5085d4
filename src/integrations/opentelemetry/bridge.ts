import { addGlobalRegistry, noteRegistration } from '../../metrics/registrations.js';
import type { Shown } from '../../metrics/shown.js';
import type { ThreadState } from '../../state.js';
import { threadShared } from '../../thread-shared.js';
import { Family, type FamilyDescription } from './family.js';
import type { Part } from './total.js';

/**
 * What is left of a data point when its reader ends:
 * - `total`: the instrument counts from zero with a new SDK, so what it counted stays
 * - `observed`: a new SDK observes the same total again
 * - `present`: what is, until a new SDK says otherwise
 */
export type PointKind = 'total' | 'observed' | 'present';

/** A data point of one reader, and where it is counted. */
export interface Point {
  readonly family: Family;
  readonly part: Part;
  readonly kind: PointKind;
}

/** What the readers of a thread share: families by name, and what ended readers have left. */
export class Bridge {
  readonly #state: ThreadState;
  readonly #families = new Map<string, Family>();
  readonly #left = new Map<string, Point>();
  readonly #readers = new Set<Shown>();
  /** Once: what asking gives the process to do must not keep it for ever. */
  readonly #atEnd = () => {
    for (const reader of this.#readers) reader.runCollect();
  };

  static ofThread(state: ThreadState): Bridge {
    return threadShared('opentelemetry', () => {
      const bridge = new Bridge(state);
      addGlobalRegistry(() => bridge.#shown());
      return bridge;
    });
  }

  constructor(state: ThreadState) {
    this.#state = state;
  }

  /** Has a reader asked before pages are made, and sampled. */
  attach(reader: Shown): void {
    if (this.#readers.size === 0) process.once('beforeExit', this.#atEnd);
    this.#readers.add(reader);
    this.#state.computed.add(reader);
    noteRegistration();
  }

  detach(reader: Shown): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) process.removeListener('beforeExit', this.#atEnd);
    this.#state.computed.delete(reader);
    noteRegistration();
  }

  /** The family of this name: what the first who asked for it said that it is. */
  family(description: FamilyDescription): Family {
    const known = this.#families.get(description.name);
    if (known !== undefined) return known;
    const family = new Family(description, this.#state);
    this.#families.set(description.name, family);
    return family;
  }

  /** Takes over what an ended reader has left of a data point. */
  adopt(key: string, family: Family): Point | undefined {
    const point = this.#left.get(key);
    if (point?.family !== family) return undefined;
    this.#left.delete(key);
    return point;
  }

  /** The reader of a data point has ended. */
  leave(key: string, point: Point): void {
    const { family, part, kind } = point;
    const { total } = part;
    if (kind === 'total') {
      total.end(part);
      family.write(total);
      return;
    }
    const before = this.#left.get(key);
    this.#left.set(key, point);
    if (before !== undefined) this.#forget(before);
  }

  /** A new reader has said what is: what ended ones said of that, and it did not take over, goes. */
  forgetPresent(): void {
    for (const [key, point] of this.#left) {
      if (point.kind !== 'present') continue;
      this.#left.delete(key);
      this.#forget(point);
    }
  }

  #forget({ family, part, kind }: Point): void {
    const { total } = part;
    if (kind === 'present') total.drop(part);
    else total.end(part);
    family.write(total);
  }

  *#shown(): Generator<Shown> {
    yield* this.#readers;
    for (const family of this.#families.values()) yield* family.shapes;
  }
}
