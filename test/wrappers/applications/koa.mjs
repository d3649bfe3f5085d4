import Koa from 'koa';
import { Counter, collectDefaultMetrics, Histogram, register } from 'prom-client';

collectDefaultMetrics();
const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests.',
  labelNames: ['method', 'status'],
});
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Durations.',
  labelNames: ['method'],
});

const app = new Koa();
app.use(async (ctx, next) => {
  if (ctx.path !== '/metrics') return next();
  ctx.type = register.contentType;
  ctx.body = await register.metrics();
});
app.use(async (ctx, next) => {
  const end = durations.startTimer({ method: ctx.method });
  await next();
  end();
  requests.inc({ method: ctx.method, status: ctx.status });
});
app.use((ctx) => {
  ctx.body = 'a user';
});
app.listen(Number(process.env.PORT));
