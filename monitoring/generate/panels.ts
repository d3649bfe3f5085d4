// The three kinds of panels that the dashboards are made of.

import {
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './variables.js';

/** A dashboard is 24 wide. */
const HALF = 12;
const SIXTH = 4;

interface Common {
  readonly title: string;
  /** What it shows, where that needs to be said; and what one may make of it. */
  readonly description?: string;
  /** Of Grafana, such as `s` or `reqps`. */
  readonly unit: string;
}

export interface Timeline extends Common {
  /** Expression and legend of each query. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  readonly stacked?: boolean;
  readonly max?: number;
}

/** Half a row: lines over time. */
export function timeline(given: Timeline): TimeseriesPanelBuilder {
  const panel = new TimeseriesPanelBuilder()
    .title(given.title)
    .datasource(DATASOURCE)
    .unit(given.unit)
    .span(HALF)
    .height(8)
    .min(0)
    .lineWidth(1)
    .fillOpacity(given.stacked ? 30 : 5)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  if (given.description !== undefined) panel.description(given.description);
  if (given.max !== undefined) panel.max(given.max);
  if (given.stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  for (const [at, [expr, legend]] of given.queries.entries()) {
    panel.withTarget(query(at).expr(expr).legendFormat(legend).range());
  }
  return panel;
}

export interface Figure extends Common {
  readonly expr: string;
  /** From which values on it is yellow and red; downwards where the first is the greater. */
  readonly warn?: readonly [yellow: number, red: number];
  readonly decimals?: number;
}

/** A sixth of a row: one number. */
export function figure(given: Figure): StatPanelBuilder {
  const panel = new StatPanelBuilder()
    .title(given.title)
    .datasource(DATASOURCE)
    .unit(given.unit)
    .span(SIXTH)
    .height(4)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(given.warn)),
    )
    .withTarget(query(0).expr(given.expr).legendFormat(given.title).range());
  if (given.description !== undefined) panel.description(given.description);
  if (given.decimals !== undefined) panel.decimals(given.decimals);
  return panel;
}

function stepsOf(warn: Figure['warn']): Threshold[] {
  if (warn === undefined) return [{ value: null, color: 'green' }];
  const [yellow, red] = warn;
  const upwards = yellow < red;
  return [
    { value: null, color: upwards ? 'green' : 'red' },
    { value: Math.min(yellow, red), color: 'yellow' },
    { value: Math.max(yellow, red), color: upwards ? 'red' : 'green' },
  ];
}

export interface Ranking extends Omit<Common, 'unit'> {
  /** The label that a row is of; several where a row is of their pairs. */
  readonly by: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly expr: string;
    readonly unit: string;
  }[];
  /** All of a row where not given. */
  readonly span?: number;
}

/** A table of what is now, with a row for each value of a label, the greatest of the first column on top. */
export function ranking(given: Ranking): TablePanelBuilder {
  const { columns, by } = given;
  const nameOf = (at: number) => `Value #${refId(at)}`;
  const panel = new TablePanelBuilder()
    .title(given.title)
    .datasource(DATASOURCE)
    .span(given.span ?? 2 * HALF)
    .height(9)
    .filterable(true)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [...by, ...columns.map((_, at) => nameOf(at))].map((name, index) => [name, index]),
        ),
        renameByName: Object.fromEntries(columns.map(({ name }, at) => [nameOf(at), name])),
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(columns[0]?.name ?? '').desc(true)]);
  if (given.description !== undefined) panel.description(given.description);
  for (const [at, { name, expr, unit }] of columns.entries()) {
    panel.withTarget(query(at).expr(expr).format(PromQueryFormat.Table).instant());
    panel.overrideByName(name, [{ id: 'unit', value: unit }]);
  }
  return panel;
}

function query(at: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(at)).datasource(DATASOURCE);
}

function refId(at: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + at);
}
