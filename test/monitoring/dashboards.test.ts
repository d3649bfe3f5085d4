// The dashboards of monitoring/ as files.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { dashboardFiles } from '../../monitoring/generate/dashboards.js';
import { type Dashboard, dashboards, folder, type Panel } from './dashboards.js';

const each = <T>(see: (dashboard: Dashboard, name: string) => T[]): T[] =>
  [...dashboards()].flatMap(([name, dashboard]) => see(dashboard, name));

test('the committed dashboards are what the generator makes: npm run dashboards', (t) => {
  const made = dashboardFiles();
  t.deepEqual(readdirSync(folder), [...made.keys()]);
  for (const [name, text] of made) {
    t.is(readFileSync(path.join(folder, name), 'utf8'), text, name);
  }
});

test('dashboards have addresses of their own and no number of a database', (t) => {
  const uids = each(({ uid }) => [uid]);
  t.deepEqual(uids, [...new Set(uids)]);
  t.deepEqual(
    each((dashboard) => ('id' in dashboard ? [dashboard.uid] : [])),
    [],
  );
});

test('a panel has a number of its own, a title, a place on the grid and a unit', (t) => {
  for (const [name, { panels }] of dashboards()) {
    const ids = panels.map(({ id }) => id);
    t.deepEqual(ids, [...new Set(ids)], name);
    const places = new Set<string>();
    for (const panel of panels) {
      t.truthy(panel.title, name);
      for (const place of placesOf(panel)) {
        t.false(places.has(place), `${name}: ${panel.title} is where another panel is`);
        places.add(place);
      }
      if (panel.type === 'timeseries' || panel.type === 'stat') {
        t.truthy(panel.fieldConfig?.defaults.unit, `${name}: ${panel.title}`);
      }
    }
  }
});

function placesOf({ gridPos: { x, y, w, h } }: Panel): string[] {
  const columns = Array.from({ length: w }, (_, i) => x + i);
  const rows = Array.from({ length: h }, (_, i) => y + i);
  return columns.flatMap((column) => rows.map((row) => `${column} ${row}`));
}

test('every panel, query and variable asks the data source that is chosen', (t) => {
  for (const [name, { panels, templating }] of dashboards()) {
    const [source, ...others] = templating.list;
    t.like(source, { type: 'datasource', name: 'datasource', query: 'prometheus' }, name);
    const asking = panels.flatMap((panel) =>
      panel.type === 'row' ? [] : [panel, ...(panel.targets ?? [])],
    );
    for (const { datasource } of [...others, ...asking]) {
      t.deepEqual(datasource, { type: 'prometheus', uid: '$' + '{datasource}' }, name);
    }
  }
});

test('requests can be chosen by job, instance, route and method, all else by job and instance', (t) => {
  const names = each(({ templating }, name) => [
    [name, ...templating.list.slice(1).map((variable) => variable.name)],
  ]);
  t.deepEqual(names, [
    ['overview.json', 'job', 'instance'],
    ['requests.json', 'job', 'instance', 'route', 'method'],
    ['runtime.json', 'job', 'instance'],
    ['store.json', 'job', 'instance'],
  ]);
});

test('a query uses no variable but those that its dashboard has', (t) => {
  const unknown = each(({ panels, templating }, name) => {
    const known = new Set(['__rate_interval', ...templating.list.map((variable) => variable.name)]);
    return panels
      .flatMap(({ targets = [] }) => targets)
      .flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)])
      .filter(([, variable]) => !known.has(variable as string))
      .map(([text]) => `${name}: ${text}`);
  });
  t.deepEqual(unknown, []);
});
