import type { LabelPair } from '../model/labels.js';
import { threadState } from '../state.js';
import { threadShared } from '../thread-shared.js';
import type { PageSelection } from './page-maker.js';
import type { Shown } from './shown.js';

/** The library's own metrics are on the pages that the library makes, and on no registry's. */
const OWN_NAMES = /^prom_multiproc_/;

interface Registrations {
  /** Counts changes of what registries show. */
  version: number;
  /** Registries of which every client package has one. */
  readonly global: Set<() => Iterable<Shown>>;
}

/** A metric came to a registry, or went, or its default labels changed. */
export function noteRegistration(): void {
  registrations().version++;
}

/** From now on the metrics that `shown` gives are on the page of every global registry. */
export function addGlobalRegistry(shown: () => Iterable<Shown>): void {
  registrations().global.add(shown);
  noteRegistration();
}

/**
 * The selection of one registry: the same object as long as it would be the same, so that
 * collectors keep what they know of it.
 */
export class Selection {
  readonly #make: () => PageSelection;
  #version = -1;
  #current: PageSelection | undefined;

  /** What a registry shows and nobody else. */
  static of(shown: () => Iterable<Shown>, defaultLabels: () => readonly LabelPair[]): Selection {
    return new Selection(() => selectionOf(new Set(shown()), defaultLabels()));
  }

  /**
   * What all global registries show, and what other processes have that is in no other
   * registry here: which process is asked must not decide which counters are seen.
   */
  static ofAllGlobal(): Selection {
    return new Selection(() => {
      const shown = new Set([...registrations().global].flatMap((of) => [...of()]));
      const names = namesOf(shown);
      const elsewhere = namesOf(threadState().computed);
      return {
        shown,
        defaultLabels: undefined,
        showsOthers: (name) => names.has(name) || !(elsewhere.has(name) || OWN_NAMES.test(name)),
      };
    });
  }

  private constructor(make: () => PageSelection) {
    this.#make = make;
  }

  get current(): PageSelection {
    const { version } = registrations();
    if (this.#current === undefined || this.#version !== version) {
      this.#current = { ...this.#make(), renewed: () => this.current };
      this.#version = version;
    }
    return this.#current;
  }
}

/** The selection of these metrics. */
export function selectionOf(
  shown: ReadonlySet<Shown>,
  defaultLabels: readonly LabelPair[],
): PageSelection {
  const names = namesOf(shown);
  return { shown, defaultLabels, showsOthers: (name) => names.has(name) };
}

function namesOf(metrics: Iterable<{ readonly name: string }>): Set<string> {
  return new Set([...metrics].map(({ name }) => name));
}

function registrations(): Registrations {
  return threadShared('registrations', () => ({ version: 0, global: new Set() }));
}
