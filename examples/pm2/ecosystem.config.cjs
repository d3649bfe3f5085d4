// Three instances under pm2. The preload makes prom-client right across them.

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
        PROMETHEUS_MULTIPROC_DIR: process.env.PROMETHEUS_MULTIPROC_DIR ?? '/dev/shm/shop',
      },
    },
  ],
};
