// Which two libraries are compared.

import { createRequire } from 'node:module';
import * as classes from '../../../src/index.js';
import { preload } from '../../../src/integrations/prom-client/index.js';
import type { Library } from './side.js';

/** Client packages that are compared with themselves, preloaded. */
export const PRELOADED = [
  'prom-client',
  '@prometheus-io/client',
  '@platformatic/prom-client',
] as const;

/** prom-client beside our classes, or a client package beside the same one preloaded. */
export type PairName = 'our classes' | (typeof PRELOADED)[number];

interface Pair {
  readonly theirLibrary: Library;
  readonly ourLibrary: Library;
  /** Whether pages are the same to the letter. */
  readonly exact: boolean;
}

const require = createRequire(import.meta.url);

export function pairOf(pair: PairName): Pair {
  if (pair === 'our classes') {
    const ourLibrary = classes as unknown as Library;
    return { theirLibrary: require('prom-client'), ourLibrary, exact: false };
  }
  const theirLibrary = require(pair);
  // The next one is a copy of its own.
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  preload();
  return { theirLibrary, ourLibrary: require(pair), exact: true };
}
