const SAMPLE_SUFFIX = /_(?:total|bucket|sum|count)$/;

/** Tells families that were asked for by name, or by the name of one of their samples. */
export function familyFilter(names: readonly string[]): (family: string) => boolean {
  const wanted = new Set(names);
  for (const name of names) wanted.add(name.replace(SAMPLE_SUFFIX, ''));
  return (family) => wanted.has(family) || wanted.has(family.replace(/_total$/, ''));
}
