import { fileBackend } from '../../native-free-fallback/file-backend.js';
import { BackendError, errorMessage } from '../errors.js';
import { koffiBackend } from './koffi.js';
import type { Backend } from './mapping.js';
import { mmapIoBackend } from './mmap-io.js';

/** In the order of preference: the first that loads serves. */
const PROVIDERS = { mmap: koffiBackend, 'mmap-io': mmapIoBackend, file: fileBackend } as const;
const NAMES = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[];

export interface BackendChoice {
  readonly backend: Backend;
  /** Why each backend that is preferred to the chosen one cannot serve. */
  readonly refused: ReadonlyMap<string, string>;
}

const choices = new Map<string, BackendChoice>();

/**
 * The one place that picks a backend. `forced` is the value of
 * `PROMETHEUS_MULTIPROC_BACKEND`; empty or undefined takes the best that loads.
 *
 * @throws BackendError when a forced backend is unknown or cannot work here
 */
export function chooseBackend(forced: string | undefined): BackendChoice {
  const wish = forced ?? '';
  const known = choices.get(wish);
  if (known !== undefined) return known;
  const choice = wish === '' ? firstThatLoads() : load(wish);
  choices.set(wish, choice);
  return choice;
}

/**
 * Loads what `chooseBackend` will want, where the environment says that it will be wanted:
 * at import an application waits anyway, at its first metric it may not.
 */
export function preloadBackend(env: NodeJS.ProcessEnv): void {
  if (!env.PROMETHEUS_MULTIPROC_DIR) return;
  try {
    chooseBackend(env.PROMETHEUS_MULTIPROC_BACKEND);
  } catch (error) {
    // A forced backend that cannot work is told to whoever makes the first metric.
    if (!(error instanceof BackendError)) throw error;
  }
}

function load(name: string): BackendChoice {
  if (!isProvider(name)) {
    throw new BackendError(
      name,
      `PROMETHEUS_MULTIPROC_BACKEND is "${name}"; it can be ${NAMES.join(', ')}, or unset for the best that works`,
    );
  }
  try {
    return { backend: PROVIDERS[name](), refused: new Map() };
  } catch (error) {
    throw new BackendError(
      name,
      `PROMETHEUS_MULTIPROC_BACKEND is "${name}", which cannot work here: ${reason(error)}`,
      { cause: error },
    );
  }
}

function firstThatLoads(): BackendChoice {
  const refused = new Map<string, string>();
  for (const name of NAMES) {
    try {
      return { backend: PROVIDERS[name](), refused };
    } catch (error) {
      refused.set(name, reason(error));
    }
  }
  throw new BackendError('file', 'no backend can be loaded');
}

function isProvider(name: string): name is keyof typeof PROVIDERS {
  return Object.hasOwn(PROVIDERS, name);
}

function reason(error: unknown): string {
  const message = errorMessage(error);
  return message.split('\n', 1)[0] as string;
}
