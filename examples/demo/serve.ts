import cluster from 'node:cluster';
import type { Fleet } from './fleet.js';

/** Says where the workers are to be found, and replaces those that die. */
export function serve(fleet: Fleet, directory: string): void {
  const url = `http://127.0.0.1:${fleet.sharedPort}`;
  console.log(`${fleet.members.length} workers count in ${directory}

  ${url}/items/1   to count a request
  ${url}/metrics   merged, from whichever worker answers

A scrape configuration for Prometheus:

scrape_configs:
  - job_name: demo
    scrape_interval: 5s
    static_configs:
      - targets: ['127.0.0.1:${fleet.sharedPort}']

Workers: ${fleet.members.map(({ pid }) => pid).join(', ')}. Kill one with kill -9. Ctrl-C ends.`);

  const replace = async (): Promise<void> => {
    const { pid } = await fleet.start();
    console.log(`A worker died; ${pid} takes its place.`);
  };
  cluster.on('exit', () => {
    if (fleet.stopping) return;
    replace().catch((error: unknown) => console.error(error));
  });
}
