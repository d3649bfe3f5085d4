import { LABEL_NAME } from '../model/metric.js';
import { MAX_MAPPING_BYTES, MAX_NAME_PARTS, MAX_RULES, MAX_SCALE } from './limits.js';
import type { SampleKind } from './line.js';
import { DEFAULT_OBSERVER, type Mapping } from './mapping.js';
import { type MappingRule, type ObserverOptions, parseTemplate, type Template } from './rule.js';
import { RuleTree } from './rule-tree.js';
import { MappingError, Settings } from './settings.js';

const KINDS: Readonly<Record<string, SampleKind>> = {
  counter: 'counter',
  gauge: 'gauge',
  observer: 'observer',
  timer: 'observer',
};

/** Settings that other values of an observer depend on, in defaults and in rules. */
const OBSERVER_KEYS = ['observer_type', 'timer_type', 'buckets', 'histogram_options'] as const;
const COMMON_KEYS = [...OBSERVER_KEYS, 'match_type', 'ttl'] as const;
const RULE_KEYS = [
  ...COMMON_KEYS,
  'match',
  'match_metric_type',
  'name',
  'labels',
  'honor_labels',
  'help',
  'action',
  'scale',
] as const;

/**
 * Reads a mapping file of statsd_exporter's form.
 *
 * @throws MappingError that says where, for what is wrong or is not done here
 */
export async function parseMapping(bytes: Buffer): Promise<Mapping> {
  if (bytes.length > MAX_MAPPING_BYTES) {
    throw new MappingError('', `it has more than ${MAX_MAPPING_BYTES} bytes`);
  }
  // Only whoever has a mapping file pays for loading it.
  const { parse } = await import('yaml');
  const top = new Settings('', (parse(bytes.toString()) as unknown) ?? {});
  top.allow(['defaults', 'mappings']);
  const defaults = top.settings('defaults') ?? new Settings('defaults', {});
  defaults.allow([...COMMON_KEYS, 'glob_disable_ordering']);
  if (defaults.flag('glob_disable_ordering')) {
    defaults.fail('glob_disable_ordering', 'the first rule that fits is taken, always');
  }
  refuseUndone(defaults);
  const observer = observerOf(defaults, DEFAULT_OBSERVER);
  const mappings = top.list('mappings');
  if (mappings.length > MAX_RULES) top.fail('mappings', `there are more than ${MAX_RULES}`);
  return { observer, rules: new RuleTree(mappings.map((rule) => ruleOf(rule, observer))) };
}

function refuseUndone(settings: Settings): void {
  const type = settings.choice('match_type', ['glob', 'regex']) ?? 'glob';
  if (type === 'regex') settings.fail('match_type', 'only glob patterns are matched here');
  const ttl = settings.scalar('ttl') ?? 0;
  if (!/^0[a-z]*$/.test(`${ttl}`)) settings.fail('ttl', 'series do not expire here; leave it out');
}

function ruleOf(settings: Settings, defaults: ObserverOptions): MappingRule {
  settings.allow(RULE_KEYS);
  refuseUndone(settings);
  const match = patternOf(settings);
  const stars = match.filter((part) => part === '*').length;
  const action = settings.choice('action', ['map', 'drop']) ?? 'map';
  const name = templateOf(settings, 'name', stars);
  if (action === 'map' && name.join('') === '') settings.fail('name', 'it is missing');
  const kind = settings.choice('match_metric_type', Object.keys(KINDS));
  return {
    match,
    kind: kind === undefined ? undefined : KINDS[kind],
    action,
    name,
    labels: labelsOf(settings, stars),
    honorLabels: settings.flag('honor_labels'),
    help: settings.text('help'),
    scale: scaleOf(settings),
    observer: observerOf(settings, defaults),
  };
}

function patternOf(settings: Settings): string[] {
  const text = settings.text('match');
  if (text === undefined) return settings.fail('match', 'it is missing');
  const parts = text.split('.');
  if (parts.length > MAX_NAME_PARTS) settings.fail('match', `more than ${MAX_NAME_PARTS} parts`);
  for (const part of parts) {
    if (part === '') settings.fail('match', 'between two dots there is nothing');
    if (part !== '*' && part.includes('*')) {
      settings.fail('match', `in ${part} the * is not a whole part between dots`);
    }
  }
  return parts;
}

function labelsOf(settings: Settings, stars: number): MappingRule['labels'] {
  const labels = settings.settings('labels');
  if (labels === undefined) return [];
  return labels.keys.map((name) => {
    if (!LABEL_NAME.test(name) || name.startsWith('__')) labels.fail(name, 'this is no label name');
    return [name, templateOf(labels, name, stars)];
  });
}

/** By nothing or less a counter would go down. */
function scaleOf(settings: Settings): number {
  const scale = settings.number('scale') ?? 1;
  const fits = scale >= 1 / MAX_SCALE && scale <= MAX_SCALE;
  return fits ? scale : settings.fail('scale', `it is not from ${1 / MAX_SCALE} to ${MAX_SCALE}`);
}

function templateOf(settings: Settings, key: string, stars: number): Template {
  const template = parseTemplate(settings.text(key) ?? '');
  for (const part of template) {
    if (typeof part === 'number' && (part < 1 || part > stars)) {
      settings.fail(key, `$${part} stands for no * of the match`);
    }
  }
  return template;
}

function observerOf(settings: Settings, defaults: ObserverOptions): ObserverOptions {
  const types = ['histogram', 'summary'] as const;
  const type =
    settings.choice('observer_type', types) ??
    settings.choice('timer_type', types) ??
    defaults.type;
  const options = settings.settings('histogram_options');
  options?.allow(['buckets']);
  const buckets = options?.ascending('buckets') ?? settings.ascending('buckets');
  // Defaults keep the buckets for rules that ask for a histogram where summaries are usual.
  return { type, buckets: buckets ?? defaults.buckets };
}
