// What all dashboards have in common.

import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type ChoiceName, withVariables } from './variables.js';

const TAG = 'prom-multiproc';

export interface Content {
  readonly title: string;
  readonly description: string;
  readonly choices: readonly ChoiceName[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Builder<Panel>[] }[];
}

/** A dashboard; `name` is its file's and, after a prefix, its address in Grafana. */
export function dashboard(name: string, content: Content): DashboardBuilder {
  const builder = new DashboardBuilder(content.title)
    .uid(`${TAG}-${name}`)
    .description(content.description)
    .tags([TAG])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Other dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    );
  withVariables(builder, content.choices);
  let id = 0;
  for (const { title, panels } of content.rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) {
      const numbered = { ...panel.build(), id: ++id };
      builder.withPanel({ build: () => numbered });
    }
  }
  return builder;
}
