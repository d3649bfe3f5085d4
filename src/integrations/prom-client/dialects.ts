import { METRIC_TYPES, type MetricType } from '../../model/metric.js';

/** In what the packages' metrics differ from each other, as far as it shows. */
export interface Dialect {
  /** `null` as the amount of a gauge's `inc` and `dec` is 1, and no error. */
  readonly nullIsOne: boolean;
  /** Types whose errors name the known labels in alphabetical order. */
  readonly sortsLabelNames: readonly MetricType[];
  /** Labels that are given to a metric without any are ignored, and no error. */
  readonly ignoresLabelsOfNone: boolean;
  /** Default metrics have the event loop's utilization among them. */
  readonly measuresUtilization: boolean;
}

export type PackageName = 'prom-client' | '@prometheus-io/client' | '@platformatic/prom-client';

export const DIALECTS: Readonly<Record<PackageName, Dialect>> = {
  'prom-client': {
    nullIsOne: false,
    sortsLabelNames: [],
    ignoresLabelsOfNone: false,
    measuresUtilization: false,
  },
  '@prometheus-io/client': {
    nullIsOne: true,
    sortsLabelNames: METRIC_TYPES,
    ignoresLabelsOfNone: false,
    measuresUtilization: true,
  },
  '@platformatic/prom-client': {
    nullIsOne: true,
    sortsLabelNames: ['counter', 'gauge', 'histogram'],
    ignoresLabelsOfNone: true,
    measuresUtilization: false,
  },
};

/** Which package this is, by what only it has: code that was bundled has lost its name. */
export function packageOf(exports: Readonly<Record<string, unknown>>): PackageName {
  if ('ClusterRegistry' in exports) return '@prometheus-io/client';
  const { prototype } = exports.Counter as { prototype: object };
  return '_getSync' in prototype ? '@platformatic/prom-client' : 'prom-client';
}
