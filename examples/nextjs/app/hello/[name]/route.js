import { Counter, register } from 'prom-multiproc';

// `next dev` runs a changed file again: the metric is there by then.
const greetings =
  register.getSingleMetric('greetings_total') ??
  new Counter({ name: 'greetings_total', help: 'People greeted.' });

export async function GET(_request, { params }) {
  const { name } = await params;
  greetings.inc();
  return new Response(`Hello ${name}, this is ${process.pid}.\n`);
}
