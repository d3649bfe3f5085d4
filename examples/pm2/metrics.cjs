// Tells of instances that end the moment pm2 says so, and serves the page of all.

const { startMetricsServer } = require('prom-multiproc');
const { installPm2Hooks } = require('prom-multiproc/pm2');

async function main() {
  await installPm2Hooks();
  await startMetricsServer({ port: Number(process.env.METRICS_PORT) });
  process.send('ready');
}

main();
