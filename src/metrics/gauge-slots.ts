import { fence } from '../fence.js';
import { type GaugeMode, keepsSetTime } from '../model/metric.js';
import { nowMs } from '../processes/clock.js';
import type { SlotHolder } from '../store/slots.js';

/** What a gauge's second slot says: nothing, that the value was set, or when. */
export type TimeKept = 'none' | 'flag' | 'time';

const SET = 1;

export function timeKeptBy(mode: GaugeMode): TimeKept {
  if (mode === 'mostrecent' || mode === 'livemostrecent') return 'time';
  return keepsSetTime(mode) ? 'flag' : 'none';
}

/** Sets an open series of a gauge. */
export function setGauge(series: SlotHolder, value: number, timeKept: TimeKept): void {
  const { values, index, dirty } = series;
  if (timeKept === 'none') {
    values[index] = value;
    if (dirty !== undefined) dirty.mark(index, index);
    return;
  }
  if (timeKept === 'flag') {
    values[index] = value;
    values[index + 1] = SET;
  } else {
    // A reader takes the pair only if it finds the same time, and not NaN, before and
    // after the value.
    values[index + 1] = Number.NaN;
    fence();
    values[index] = value;
    fence();
    values[index + 1] = nowMs();
  }
  if (dirty !== undefined) dirty.mark(index, index + 1);
}
