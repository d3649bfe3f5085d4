// The committed dashboards, as data.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../docs/program.js';

export const folder = path.join(root, 'monitoring/grafana/dashboards');

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly datasource?: DataSource;
  readonly targets?: readonly { readonly expr: string; readonly datasource: DataSource }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly {
      readonly type: string;
      readonly name: string;
      readonly query: string;
      readonly datasource?: DataSource;
    }[];
  };
}

/** By file name. */
export function dashboards(): Map<string, Dashboard> {
  return new Map(
    readdirSync(folder).map((name) => [
      name,
      JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Dashboard,
    ]),
  );
}
