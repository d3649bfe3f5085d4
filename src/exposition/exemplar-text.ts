import type { Exemplar } from '../model/exemplar.js';
import { escapeLabelValue } from './escape.js';
import { formatValue } from './numbers.js';

/** What follows a number in OpenMetrics, the time in seconds. Below 2 KiB, since exemplars have a limit. */
export function exemplarText({ labels, value, timeMs }: Exemplar): string {
  const pairs = labels.map(([name, text]) => `${name}="${escapeLabelValue(text)}"`);
  return ` # {${pairs.join(',')}} ${formatValue(value)} ${timeMs / 1000}`;
}
