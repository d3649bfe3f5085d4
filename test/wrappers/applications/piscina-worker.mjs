import { Counter, collectDefaultMetrics } from 'prom-client';

collectDefaultMetrics();
const tasks = new Counter({ name: 'tasks_total', help: 'Tasks.' });

export default ({ a, b }) => {
  tasks.inc();
  return a + b;
};
