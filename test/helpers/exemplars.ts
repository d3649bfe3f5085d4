import type { Exemplar, GivenExemplar } from '../../src/model/exemplar.js';

/** An exemplar of a trace. */
export function exemplar(trace: string, timeMs: number, value = 1): Exemplar {
  return { labels: [['trace_id', trace]], value, timeMs };
}

/** One that this thread gives: see `exemplar`. */
export function given(trace: string, timeMs = 1000): GivenExemplar {
  return { ...exemplar(trace, timeMs), labelSet: { trace_id: trace } };
}
