import { InvalidArgumentError } from 'commander';

export const MAX_PORT = 0xffff;

/** A whole number in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

const MIN_SECONDS = 0.1;
const MAX_SECONDS = 3600;

/** Seconds between two looks, in milliseconds. */
export function interval(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds * 1000;
  throw new InvalidArgumentError(
    `It is a number of seconds from ${MIN_SECONDS} to ${MAX_SECONDS}.`,
  );
}

/** Names by commas, and of several such options all. */
export function nameList(text: string, before: unknown): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return [...((before as readonly string[] | undefined) ?? []), ...names];
}
