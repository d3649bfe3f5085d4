import type { MergePlan } from '../merge/plan.js';
import type { ThreadState } from '../state.js';
import { VERSION } from '../version.js';
import { type CollectorFacts, SELF_PREFIX } from './self-metrics.js';
import type { SourceList } from './source-list.js';

/** What there is to say of a page that was merged in `durationSeconds` from what `list` found. */
export function collectorFacts(
  state: ThreadState,
  list: SourceList,
  { families, conflicts }: MergePlan,
  durationSeconds: number,
): CollectorFacts {
  let series = 0;
  for (const { name, labels } of families) {
    if (!name.startsWith(SELF_PREFIX)) series += labels.length;
  }
  const writers = { live: 0, hidden: 0, dead: 0 };
  const fileBytes = { archive: 0, writer: 0 };
  let newestMs = 0;
  for (const { liveness, createdMs, reader } of list.writers) {
    writers[liveness]++;
    fileBytes.writer += reader.size;
    if (liveness === 'live') newestMs = Math.max(newestMs, createdMs);
  }
  for (const { reader } of list.archives) fileBytes.archive += reader.size;
  return {
    version: VERSION,
    backend: list.isMemoryOnly ? 'memory' : state.backend().backend.name,
    writers,
    series,
    fileBytes,
    newestWriterSeconds: newestMs / 1000,
    durationSeconds,
    filesSkipped: list.skipped.length,
    conflicts,
  };
}
