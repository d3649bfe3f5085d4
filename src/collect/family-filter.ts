import type { FamilyTable } from '../model/family.js';

const SAMPLE_SUFFIX = /_(?:total|bucket|sum|count)$/;

/** Which families a page shows: those of these names, and those that have samples of these names; all where none are given. */
export function familyFilter(names: readonly string[] | undefined): (family: string) => boolean {
  if (names === undefined) return () => true;
  const wanted = new Set(names);
  for (const name of names) wanted.add(name.replace(SAMPLE_SUFFIX, ''));
  return (family) => wanted.has(family) || wanted.has(family.replace(/_total$/, ''));
}

/** The families of these names; the same array where none are given. */
export function ofNames(
  families: readonly FamilyTable[],
  names: readonly string[] | undefined,
): readonly FamilyTable[] {
  if (names === undefined) return families;
  const wanted = familyFilter(names);
  return families.filter(({ name }) => wanted(name));
}
