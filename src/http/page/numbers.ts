import type { JsonNumber } from '../../model/report.js';

export function toNumber(value: JsonNumber | undefined): number {
  if (value === undefined || value === 'NaN') return Number.NaN;
  if (value === '+Inf') return Number.POSITIVE_INFINITY;
  return value === '-Inf' ? Number.NEGATIVE_INFINITY : value;
}

type Scale = readonly (readonly [from: number, divisor: number, suffix: string])[];

const SECONDS: Scale = [
  [2 * 86_400, 86_400, '\u00a0d'],
  [2 * 3_600, 3_600, '\u00a0h'],
  [120, 60, '\u00a0min'],
  [1, 1, '\u00a0s'],
  [1e-3, 1e-3, '\u00a0ms'],
  [1e-6, 1e-6, '\u00a0µs'],
  [0, 1e-9, '\u00a0ns'],
];
const BYTES: Scale = [
  [2 ** 40, 2 ** 40, '\u00a0TiB'],
  [2 ** 30, 2 ** 30, '\u00a0GiB'],
  [2 ** 20, 2 ** 20, '\u00a0MiB'],
  [2 ** 10, 2 ** 10, '\u00a0KiB'],
  [0, 1, '\u00a0B'],
];
const PLAIN: Scale = [
  [1e15, 1e15, '\u00a0P'],
  [1e12, 1e12, '\u00a0T'],
  [1e9, 1e9, '\u00a0G'],
  [1e6, 1e6, '\u00a0M'],
  [0, 1, ''],
];
const RATIO: Scale = [[0, 0.01, '\u00a0%']];

const SCALES: Readonly<Record<string, Scale>> = { seconds: SECONDS, bytes: BYTES, ratio: RATIO };
/** Below it a plain number is written with an exponent. */
const LEAST_PLAIN = 1e-3;
const DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number as a person reads it, in a unit of fitting size. */
export function formatNumber(value: number, unit?: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const scale = (unit === undefined ? undefined : SCALES[unit]) ?? PLAIN;
  const size = Math.abs(value);
  const [, divisor, suffix] = (scale.find(([from]) => size >= from) ?? scale.at(-1)) as Scale[0];
  if (value === 0) return `0${scale === SECONDS ? '\u00a0s' : suffix}`;
  if (scale === PLAIN && size < LEAST_PLAIN) return value.toExponential(2);
  const scaled = value / divisor;
  const text = Math.abs(scaled) >= 100 ? WHOLE.format(scaled) : DIGITS.format(scaled);
  return `${text}${suffix}`;
}

export function formatRate(perSecond: number | undefined, unit?: string): string {
  if (perSecond === undefined || Number.isNaN(perSecond)) return '–';
  return `${formatNumber(perSecond, unit)}/s`;
}

/** A part of a whole. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** Whether a gauge is a moment in time: seconds since 1970, by Prometheus's naming. */
export function isMoment(name: string): boolean {
  return /(?:^|_)(?:timestamp|start_time|time_of_last_\w+|mtime)_seconds$/.test(name);
}

export function formatMoment(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  return new Date(seconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'now';
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60];
  if (days >= 1) return `${Math.floor(days)} d ${Math.floor(hours)} h`;
  if (seconds >= 3_600) return `${Math.floor(hours)} h ${Math.floor(minutes)} min`;
  if (seconds >= 60) return `${Math.floor(minutes)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds)} s`;
}
