import { MAX_TAGS } from './limits.js';
import { prometheusName } from './names.js';

export interface Tags {
  readonly labels: ReadonlyMap<string, string>;
  /** How many have no name or no value. */
  readonly errors: number;
}

const NO_TAGS: Tags = { labels: new Map(), errors: 0 };

/** Labels of `k:v,k2:v2`; of a name that comes twice the last. Undefined where there are too many. */
export function parseTags(text: string): Tags | undefined {
  if (text === '') return NO_TAGS;
  const tags = text.split(',', MAX_TAGS + 1);
  if (tags.length > MAX_TAGS) return undefined;
  const labels = new Map<string, string>();
  let errors = 0;
  for (const tag of tags) {
    const colon = tag.indexOf(':');
    if (colon < 1 || colon === tag.length - 1) errors++;
    else labels.set(prometheusName(tag.slice(0, colon)), tag.slice(colon + 1));
  }
  return { labels, errors };
}
