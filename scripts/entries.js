/**
 * Everything the package exports, by subpath: one line adds an entry. The
 * build bundles it, wraps it for ESM and writes the package's `exports`.
 */
export const entries = {
  '.': 'src/index.ts',
  './prom-client': 'src/integrations/prom-client/index.ts',
  './pm2': 'src/integrations/pm2.ts',
  './http-metrics': 'src/integrations/http-metrics/index.ts',
  './opentelemetry': 'src/integrations/opentelemetry/index.ts',
  './register': 'src/entrypoints/register.ts',
};

/** Script of the page for people: bundled into the page. */
export const page = 'src/http/page/main.ts';

/** Command line programs, by name: bundled, never wrapped nor typed. */
export const programs = { 'prom-multiproc': 'src/entrypoints/cli.ts' };
