import type { SampleKind } from './line.js';
import { prometheusName } from './names.js';
import { fill, type ObserverOptions } from './rule.js';
import type { RuleTree } from './rule-tree.js';

/** What a mapping file says. */
export interface Mapping {
  /** How values are kept where no rule says it. */
  readonly observer: ObserverOptions;
  readonly rules: Pick<RuleTree, 'find'>;
}

/** prom-client's buckets, which are those of most clients. */
export const DEFAULT_OBSERVER: ObserverOptions = {
  type: 'histogram',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

/** Without a file names are mapped as they are. */
export const NO_MAPPING: Mapping = {
  observer: DEFAULT_OBSERVER,
  rules: { find: () => undefined },
};

/** Which metric a name is. */
export interface MappedName {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly honorLabels: boolean;
  readonly help: string | undefined;
  readonly scale: number;
  readonly observer: ObserverOptions;
}

/** Undefined where a rule drops it. */
export function mapName(
  name: string,
  kind: SampleKind,
  { rules, observer }: Mapping,
): MappedName | undefined {
  const match = rules.find(name, kind);
  if (match === undefined) {
    const mapped = prometheusName(name);
    return { name: mapped, labels: [], honorLabels: false, help: undefined, scale: 1, observer };
  }
  const { rule, stars } = match;
  if (rule.action === 'drop') return undefined;
  return {
    ...rule,
    name: prometheusName(fill(rule.name, stars)),
    labels: rule.labels.map(([label, template]) => [label, fill(template, stars)]),
  };
}
