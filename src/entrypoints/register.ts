import { createRequire } from 'node:module';
import { adoptPm2Environment } from './pm2-environment.js';

adoptPm2Environment(process.env);

// Loaded only where it has something to do: what is preloaded is preloaded by npm, by
// build tools and by whatever else inherits NODE_OPTIONS.
const require = createRequire(import.meta.url);
const { PROMETHEUS_MULTIPROC_DIR, prometheus_multiproc_dir, PROMETHEUS_MULTIPROC_HTTP } =
  process.env;
if (PROMETHEUS_MULTIPROC_DIR || prometheus_multiproc_dir) {
  const { preload } = require('prom-multiproc/prom-client');
  preload();
}
if (PROMETHEUS_MULTIPROC_HTTP === '1') {
  const { instrumentHttp } = require('prom-multiproc/http-metrics');
  instrumentHttp();
}
