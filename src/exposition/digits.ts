const ZERO = 48;

/** The digits of 00 to 99. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => {
  const pair = i >> 1;
  return ZERO + (i % 2 === 0 ? Math.floor(pair / 10) : pair % 10);
});

/** Writes a whole number below 2^31 as `length` digits, with zeros before it, and returns where they end. */
export function writeDigits(
  target: Uint8Array,
  begin: number,
  value: number,
  length: number,
): number {
  let rest = value;
  let at = begin + length;
  while (at - begin >= 2) {
    const hundredth = (rest / 100) | 0;
    const pair = 2 * (rest - hundredth * 100);
    target[--at] = PAIRS[pair + 1] as number;
    target[--at] = PAIRS[pair] as number;
    rest = hundredth;
  }
  if (at > begin) target[begin] = ZERO + rest;
  return begin + length;
}
