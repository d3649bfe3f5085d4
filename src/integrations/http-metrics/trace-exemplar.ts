/**
 * The active OpenTelemetry span, found where every copy of `@opentelemetry/api` 1 keeps
 * its context manager and its span, so that nothing is imported: under registered symbols,
 * which the package holds stable between its own copies.
 */

const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

interface Api {
  readonly context?: {
    active(): { getValue(key: symbol): { spanContext(): SpanContext } | undefined };
  };
}

/** `TraceFlags.SAMPLED`. */
const SAMPLED = 1;

/** Labels of an exemplar. */
export interface TraceLabels {
  readonly trace_id: string;
  readonly span_id: string;
}

/** The span that is active and sampled: a trace that nobody keeps leads nowhere. */
export function activeTrace(): TraceLabels | undefined {
  const api = (globalThis as { [API]?: Api })[API];
  const span = api?.context?.active().getValue(SPAN);
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  if ((traceFlags & SAMPLED) === 0) return undefined;
  return { trace_id: traceId, span_id: spanId };
}
