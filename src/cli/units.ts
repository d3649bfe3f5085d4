import { formatValue } from '../exposition/numbers.js';

const KIB = 1024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `0 B`, `128 KiB`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= KIB && unit < BYTE_UNITS.length - 1) {
    value /= KIB;
    unit++;
  }
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${BYTE_UNITS[unit]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0.3 s`, `42 s`, `5m 03s`, `2h 07m`, `3d 04h`: two units at most. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return twoUnits(seconds, MINUTE, 'm', 1, 's');
  if (seconds < DAY) return twoUnits(seconds, HOUR, 'h', MINUTE, 'm');
  return twoUnits(seconds, DAY, 'd', HOUR, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${largeName} ${String(rest).padStart(2, '0')}${smallName}`;
}

/** A number as a person reads it: `1,234`, `0.25`, `1.3e+21`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(1);
  const digits = size >= 100 ? 0 : size >= 1 ? 1 : 3;
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
