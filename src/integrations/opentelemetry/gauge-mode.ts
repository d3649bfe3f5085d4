import type { Attributes } from '@opentelemetry/api';
import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics';
import { GAUGE_MODES, type GaugeMode } from '../../model/metric.js';

/** The attribute by which a view says how a gauge is merged. It does not become a label. */
const MODE_ATTRIBUTE = 'prom_multiproc.gauge_mode';

/**
 * For a view's `attributesProcessors`: the gauges of the view are merged over processes
 * in this mode.
 *
 * @throws TypeError for an unknown mode
 */
export function gaugeMode(mode: GaugeMode): IAttributesProcessor {
  requireMode(mode);
  return { process: (incoming) => ({ ...incoming, [MODE_ATTRIBUTE]: mode }) };
}

/** @throws TypeError for what is no mode */
export function requireMode(mode: unknown): GaugeMode {
  if (GAUGE_MODES.includes(mode as GaugeMode)) return mode as GaugeMode;
  throw new TypeError(`${mode} is not a gauge mode: ${GAUGE_MODES.join(', ')}`);
}

/** What a view said of these attributes, and the attributes without it. */
export function splitMode(attributes: Attributes): {
  readonly mode: GaugeMode | undefined;
  readonly attributes: Attributes;
} {
  const { [MODE_ATTRIBUTE]: mode, ...others } = attributes;
  if (!GAUGE_MODES.includes(mode as GaugeMode)) return { mode: undefined, attributes };
  return { mode: mode as GaugeMode, attributes: others };
}
