import type { Backend } from '../../src/mapping/mapping.js';
import { CHANGING_CALLS, withOtherCalls } from './failing-calls.js';

/** What is about to be changed: a function of `node:fs`, `Atomics` or the mapping, and its arguments. */
export interface Change {
  readonly call: string;
  readonly args: readonly unknown[];
}

/**
 * Runs `action` and calls `look` before every change that it makes to files: through
 * `node:fs`, through a mapping that the watched backend made, and by storing a word that
 * publishes. What `look` sees is what a crash right there would leave, and what it does
 * itself is not watched.
 */
export async function atEveryChange<T>(
  backend: Backend,
  look: (change: Change) => void,
  action: (watched: Backend) => Promise<T>,
): Promise<T> {
  let looking = false;
  const before = (call: string, args: readonly unknown[]): void => {
    if (looking) return;
    looking = true;
    try {
      look({ call, args });
    } finally {
      looking = false;
    }
  };
  const watched: Backend = {
    ...backend,
    create(path, options) {
      return new Proxy(backend.create(path, options), {
        get(mapping, key) {
          const member: unknown = Reflect.get(mapping, key, mapping);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            before(String(key), args);
            return member.apply(mapping, args);
          };
        },
      });
    },
  };
  const store = Atomics.store;
  const watchedStore = (...args: Parameters<typeof store>) => {
    before('store', args);
    return store(...args);
  };
  Atomics.store = watchedStore as typeof store;
  try {
    return await withOtherCalls(
      CHANGING_CALLS,
      (name, original) =>
        (...args) => {
          before(name, args);
          return original(...args);
        },
      () => action(watched),
    );
  } finally {
    Atomics.store = store;
  }
}
