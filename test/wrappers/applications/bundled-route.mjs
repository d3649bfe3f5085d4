// A route as server bundles have them: with a copy of the client package of its own.
import client from 'prom-client';
import { install } from 'prom-multiproc/prom-client';

install(client);
const shown = new client.Counter({ name: 'shown_total', help: 'Shown.', labelNames: ['route'] });
client.collectDefaultMetrics();

export const show = (route) => shown.inc({ route });
export const page = () => client.register.metrics();
