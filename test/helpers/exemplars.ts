import type { Exemplar } from '../../src/model/exemplar.js';

/** An exemplar of a trace. */
export function exemplar(trace: string, timeMs: number, value = 1): Exemplar {
  return { labels: [['trace_id', trace]], value, timeMs };
}
