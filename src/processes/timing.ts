import {
  ABSORB_AFTER_MS,
  HEARTBEAT_MS,
  MAX_HEARTBEAT_MS,
  MAX_SAMPLE_MS,
  MIN_HEARTBEAT_MS,
  MIN_SAMPLE_MS,
  MIN_STALE_AFTER_MS,
  SAMPLE_MS,
  STALE_AFTER_MS,
} from '../limits.js';
import { numberFrom } from './number-variable.js';

export const HEARTBEAT_VARIABLE = 'PROMETHEUS_MULTIPROC_HEARTBEAT_MS';
export const STALE_AFTER_VARIABLE = 'PROMETHEUS_MULTIPROC_STALE_AFTER_MS';
export const SAMPLE_VARIABLE = 'PROMETHEUS_MULTIPROC_SAMPLE_MS';

/**
 * How often a writer says that it lives, how long a reader believes one that says nothing,
 * and how often a writer brings computed metrics up to date: 0 for never.
 */
export interface Timing {
  readonly heartbeatMs: number;
  readonly staleAfterMs: number;
  readonly sampleMs: number;
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
  const sample = {
    name: SAMPLE_VARIABLE,
    unit: 'milliseconds',
    min: MIN_SAMPLE_MS,
    max: MAX_SAMPLE_MS,
    fallback: SAMPLE_MS,
  };
  return {
    heartbeatMs: numberFrom(env, heartbeat, warn),
    staleAfterMs: numberFrom(env, staleAfter, warn),
    sampleMs: env[SAMPLE_VARIABLE] === '0' ? 0 : numberFrom(env, sample, warn),
  };
}
