import { MAX_EXEMPLARS } from '../limits.js';
import type { ArchivedMetric } from '../merge/archive.js';
import type { Exemplar } from '../model/exemplar.js';
import type { Writer } from '../store/writer.js';

interface Given {
  readonly seriesId: number;
  readonly bucket: number;
  readonly exemplar: Exemplar;
}

/** Writes what dead writers left into the file of an archive. @throws MappingError | CapacityError */
export function writeArchived(writer: Writer, metrics: readonly ArchivedMetric[]): void {
  const given: Given[] = [];
  for (const { metric, sinceMs, series } of metrics) {
    const id = writer.defineMetric(metric, sinceMs);
    for (const { labelValues, values, exemplars } of series) {
      const holder = { values, index: -1, dirty: undefined };
      const seriesId = writer.addSeries(id, labelValues, values.length, holder, values);
      exemplars.forEach((exemplar, bucket) => {
        if (exemplar !== undefined) given.push({ seriesId, bucket, exemplar });
      });
    }
  }
  given.sort((a, b) => b.exemplar.timeMs - a.exemplar.timeMs);
  for (const { seriesId, bucket, exemplar } of given.slice(0, MAX_EXEMPLARS)) {
    writer.addExemplar(seriesId, bucket, exemplar);
  }
}
