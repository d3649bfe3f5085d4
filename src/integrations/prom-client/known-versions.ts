import type { PackageName } from './dialects.js';

/** The client packages whose insides are known, with the versions of which that holds. */
export const KNOWN_VERSIONS: Readonly<Record<PackageName, RegExp>> = {
  'prom-client': /^15\./,
  '@prometheus-io/client': /^0\.16\./,
  '@platformatic/prom-client': /^1\./,
};
