// Three instances under pm2. The preload makes prom-client right across them. One more
// process tells of those that end, and serves the page on a port of its own.

const PROMETHEUS_MULTIPROC_DIR = process.env.PROMETHEUS_MULTIPROC_DIR ?? '/dev/shm/shop';

module.exports = {
  apps: [
    {
      name: 'shop',
      script: 'app.cjs',
      cwd: __dirname,
      exec_mode: 'cluster',
      instances: 3,
      // By its path: pm2's daemon starts the instances, wherever it was started itself.
      node_args: ['--require', require.resolve('prom-multiproc/register')],
      wait_ready: true,
      env: {
        PORT: process.env.PORT ?? '3000',
        PROMETHEUS_MULTIPROC_DIR,
        // What gauges of the modes `all` and `liveall` show in place of the pid.
        PROMETHEUS_MULTIPROC_WRITER_NAME: 'shop-{NODE_APP_INSTANCE}',
      },
    },
    {
      name: 'shop-metrics',
      script: 'metrics.cjs',
      cwd: __dirname,
      exec_mode: 'fork',
      wait_ready: true,
      env: {
        METRICS_PORT: process.env.METRICS_PORT ?? '9464',
        PROMETHEUS_MULTIPROC_DIR,
      },
    },
  ],
};
