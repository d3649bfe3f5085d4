/**
 * Wall-clock time in milliseconds since 1970 with a fraction: what orders two
 * processes' updates. `Date.now()` cannot tell two sets within a millisecond apart,
 * and `performance.timeOrigin` alone drifts away when the machine sleeps or its clock
 * is set, so the base is checked at every heartbeat.
 */
const MAX_DRIFT_MS = 5;

let baseMs = performance.timeOrigin;

export function nowMs(): number {
  return baseMs + performance.now();
}

/** Brings `nowMs` back to the system's clock where it has moved away from it. */
export function correctClock(): void {
  const drift = Date.now() - nowMs();
  if (Math.abs(drift) > MAX_DRIFT_MS) baseMs += drift;
}
