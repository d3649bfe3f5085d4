// Exemplars of the span that is active, by @opentelemetry/api itself.

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import express from 'express';
import { collect } from '../../../src/index.js';
import { ask, serve } from '../../helpers/http.js';
import { measureHttp } from '../../helpers/http-metrics.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

/** What @opentelemetry/context-async-hooks does. */
function followContexts(t: ExecutionContext): void {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, call, self, ...args) =>
      storage.run(active, () => call.apply(self as never, args)),
    bind: (_active, target) => target,
    enable() {
      return this;
    },
    disable() {
      storage.disable();
      return this;
    },
  });
  t.teardown(() => context.disable());
}

/** A server whose handlers run in a span. */
async function traced(t: ExecutionContext, traceFlags: TraceFlags): Promise<string> {
  followContexts(t);
  const span = trace.wrapSpanContext({ traceId: TRACE, spanId: SPAN, traceFlags });
  const app = express();
  app.use((_req, _res, next) => context.with(trace.setSpan(context.active(), span), next));
  app.get('/users/:id', async (_req, res) => {
    await new Promise(setImmediate);
    res.send('one');
  });
  return serve(t, app);
}

const EXEMPLAR = new RegExp(
  `^http_server_request_duration_seconds_bucket\\{.*route="/users/:id".*\\} 1 # \\{trace_id="${TRACE}",span_id="${SPAN}"\\} `,
  'm',
);

test.serial('a sampled span is the exemplar of its duration', async (t) => {
  measureHttp(t);
  const url = await traced(t, TraceFlags.SAMPLED);
  await ask(`${url}/users/1`);
  t.regex(await collect({ format: 'openmetrics' }), EXEMPLAR);
  t.notRegex(await collect(), /trace_id/);
});

test.serial('one that is not sampled is none', async (t) => {
  measureHttp(t);
  const url = await traced(t, TraceFlags.NONE);
  await ask(`${url}/users/1`);
  t.notRegex(await collect({ format: 'openmetrics' }), /trace_id/);
});

test.serial('none are given where they are switched off', async (t) => {
  measureHttp(t, { exemplars: false });
  const url = await traced(t, TraceFlags.SAMPLED);
  await ask(`${url}/users/1`);
  t.notRegex(await collect({ format: 'openmetrics' }), /trace_id/);
});
