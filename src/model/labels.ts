/**
 * Labels as the store and the merge see them: values in the order of the
 * metric's label names, `undefined` where the application gave none.
 */

export type LabelValues = readonly (string | undefined)[];

/** One label of a series as it is shown. */
export type LabelPair = readonly [name: string, value: string];

/** Labels as an application gives them: prom-client's `LabelValues`. */
export type Labels<T extends string = string> = Partial<Record<T, string | number>>;

/**
 * A key that is equal for two label sets exactly when they have the same labels.
 * Each part is preceded by its length, so no separator in a value can make two
 * different sets collide. `pairs` must be sorted by name.
 */
export function labelKey(pairs: readonly LabelPair[]): string {
  let key = '';
  for (const [name, value] of pairs) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

/** Orders label sets by their values, name by name: the order of series on a page. */
export function compareLabels(a: readonly LabelPair[], b: readonly LabelPair[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const pairA = a[i] as LabelPair;
    const pairB = b[i] as LabelPair;
    if (pairA === pairB) continue;
    if (pairA[0] !== pairB[0]) return pairA[0] < pairB[0] ? -1 : 1;
    if (pairA[1] !== pairB[1]) return pairA[1] < pairB[1] ? -1 : 1;
  }
  return a.length - b.length;
}
