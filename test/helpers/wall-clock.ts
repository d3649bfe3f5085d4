/** Returns when the wall clock shows another millisecond than before. */
export function nextMillisecond(): void {
  const now = Date.now();
  while (Date.now() <= now);
}
