// Writes the dashboards: `npm run dashboards`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboardFiles } from './dashboards.js';

const folder = new URL('../../../monitoring/grafana/dashboards/', import.meta.url);

mkdirSync(folder, { recursive: true });
for (const [name, text] of dashboardFiles()) {
  writeFileSync(new URL(name, folder), text);
  console.log(fileURLToPath(new URL(name, folder)));
}
