import {
  ABSORB_AFTER_MS,
  HEARTBEAT_MS,
  MAX_HEARTBEAT_MS,
  MIN_HEARTBEAT_MS,
  MIN_STALE_AFTER_MS,
  STALE_AFTER_MS,
} from '../limits.js';
import { numberFrom } from './number-variable.js';

export const HEARTBEAT_VARIABLE = 'PROMETHEUS_MULTIPROC_HEARTBEAT_MS';
export const STALE_AFTER_VARIABLE = 'PROMETHEUS_MULTIPROC_STALE_AFTER_MS';

/** How often a writer says that it lives, and how long a reader believes one that says nothing. */
export interface Timing {
  readonly heartbeatMs: number;
  readonly staleAfterMs: number;
}

/** What the environment says: see `numberFrom`. */
export function timingFromEnvironment(
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Timing {
  const heartbeat = {
    name: HEARTBEAT_VARIABLE,
    unit: 'milliseconds',
    min: MIN_HEARTBEAT_MS,
    max: MAX_HEARTBEAT_MS,
    fallback: HEARTBEAT_MS,
  };
  const staleAfter = {
    name: STALE_AFTER_VARIABLE,
    unit: 'milliseconds',
    min: MIN_STALE_AFTER_MS,
    max: ABSORB_AFTER_MS,
    fallback: STALE_AFTER_MS,
  };
  return {
    heartbeatMs: numberFrom(env, heartbeat, warn),
    staleAfterMs: numberFrom(env, staleAfter, warn),
  };
}
