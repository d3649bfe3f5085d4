// What a reader of a dashboard chooses by, and the matchers that follow the choice.

import {
  type DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** The data source that is chosen, for panels and variables. */
export const DATASOURCE = { type: 'prometheus', uid: '$' + '{datasource}' };

/** Matchers of whatever has the labels of a target. */
export const TARGET = 'job=~"$job",instance=~"$instance"';
/** Matchers of whatever is counted by route. */
export const ROUTE = `${TARGET},route=~"$route"`;
/** Matchers of requests. */
export const REQUEST = `${ROUTE},method=~"$method"`;

const REQUESTS = 'http_server_request_duration_seconds_count';

interface Choice {
  readonly label: string;
  /** Where its values are found. */
  readonly selector: string;
}

const CHOICES = {
  job: { label: 'Job', selector: 'prom_multiproc_info' },
  instance: { label: 'Instance', selector: 'prom_multiproc_info{job=~"$job"}' },
  route: { label: 'Route', selector: `${REQUESTS}{${TARGET}}` },
  method: { label: 'Method', selector: `${REQUESTS}{${TARGET}}` },
} as const satisfies Record<string, Choice>;

export type ChoiceName = keyof typeof CHOICES;

/** Gives a dashboard a data source and choices; of each several may be chosen, and all are. */
export function withVariables(
  dashboard: DashboardBuilder,
  names: readonly ChoiceName[],
): DashboardBuilder {
  dashboard.withVariable(
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
  );
  for (const name of names) {
    const { label, selector } = CHOICES[name];
    dashboard.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .datasource(DATASOURCE)
        .query(`label_values(${selector}, ${name})`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue('.*')
        .current({ selected: true, text: ['All'], value: ['$__all'] }),
    );
  }
  return dashboard;
}
