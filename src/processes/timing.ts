import {
  ABSORB_AFTER_MS,
  HEARTBEAT_MS,
  MAX_HEARTBEAT_MS,
  MIN_HEARTBEAT_MS,
  MIN_STALE_AFTER_MS,
  STALE_AFTER_MS,
} from '../limits.js';

export const HEARTBEAT_VARIABLE = 'PROMETHEUS_MULTIPROC_HEARTBEAT_MS';
export const STALE_AFTER_VARIABLE = 'PROMETHEUS_MULTIPROC_STALE_AFTER_MS';

/** How often a writer says that it lives, and how long a reader believes one that says nothing. */
export interface Timing {
  readonly heartbeatMs: number;
  readonly staleAfterMs: number;
}

/**
 * What the environment says, and the default where it says nothing or what cannot be:
 * a setting that is wrong costs no metrics. `warn` is told of it.
 */
export function timingFromEnvironment(
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Timing {
  const read = (variable: string, fallback: number, min: number, max: number): number => {
    const text = env[variable];
    if (text === undefined || text === '') return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    warn(
      `${variable} is "${text}"; it can be a whole number of milliseconds from ${min} to ${max}. The default of ${fallback} is used`,
    );
    return fallback;
  };
  return {
    heartbeatMs: read(HEARTBEAT_VARIABLE, HEARTBEAT_MS, MIN_HEARTBEAT_MS, MAX_HEARTBEAT_MS),
    staleAfterMs: read(STALE_AFTER_VARIABLE, STALE_AFTER_MS, MIN_STALE_AFTER_MS, ABSORB_AFTER_MS),
  };
}
