import { Collector } from '../../collect/collector.js';
import type { Family } from '../../model/family.js';
import { ERRORS_TOTAL } from '../../state.js';
import { counted } from '../units.js';
import { type Finding, note, ok, wrong } from './finding.js';

const CONFLICTS = 'prom_multiproc_conflicts';
const SERIES = 'prom_multiproc_series';

/** Whether there is a page, and what applications say of themselves on it. */
export async function pageFindings(directory: string): Promise<Finding[]> {
  const collector = new Collector({ dir: directory, compact: false });
  try {
    const families = await collector.collectFamilies({ names: [ERRORS_TOTAL, CONFLICTS, SERIES] });
    const [series] = counts(families, SERIES);
    return [
      ok('page', `${series?.[1] ?? 0} series`),
      ...counts(families, ERRORS_TOTAL).map(([reason, times]) =>
        note(
          'page',
          `applications met ${counted(times, 'error')} of reason ${reason}, now or earlier`,
          'their warnings on stderr say more; the README lists the reasons',
        ),
      ),
      ...counts(families, CONFLICTS).map(([reason, writers]) =>
        note(
          'page',
          `${counted(writers, 'writer')} at odds with the newest on the ${reason} of a metric`,
          'it goes away with the last process of the older version; else give one of the metrics another name',
        ),
      ),
    ];
  } catch (error) {
    const { message } = error as Error;
    return [wrong('page', message, 'scrapes of this directory fail: see above')];
  } finally {
    collector.close();
  }
}

/** What there is of a family, by reason. */
function counts(families: readonly Family[], name: string): (readonly [string, number])[] {
  const samples = families.find((family) => family.name === name)?.samples ?? [];
  return samples
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => [labels.reason ?? '', value] as const);
}
