import { dashboard } from './dashboard.js';
import { overview } from './overview.js';
import { requests } from './requests.js';
import { runtime } from './runtime.js';
import { store } from './store.js';

const CONTENTS = { overview, requests, runtime, store };

/** The dashboards as the files that Grafana reads, by file name. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    Object.entries(CONTENTS).map(([name, content]) => [
      `${name}.json`,
      `${JSON.stringify(dashboard(name, content).build(), null, 2)}\n`,
    ]),
  );
}
