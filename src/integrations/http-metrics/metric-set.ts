import type { RegistryContentType } from '../../metrics/content-type.js';
import type { Registry } from '../../metrics/registry.js';

interface Registered {
  readonly name: string;
  readonly registers: readonly Registry<RegistryContentType>[];
}

/** Metrics that come and go together. */
export class MetricSet {
  readonly #metrics: Registered[] = [];

  add<M extends Registered>(metric: M): M {
    this.#metrics.push(metric);
    return metric;
  }

  /** Takes them out of their registries. */
  remove(): void {
    for (const { name, registers } of this.#metrics.splice(0)) {
      for (const registry of registers) registry.removeSingleMetric(name);
    }
  }
}
