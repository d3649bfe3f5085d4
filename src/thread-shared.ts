/**
 * Things of which a thread has one, whichever copy of the package asks: two copies (ESM
 * and CommonJS, or two in node_modules, or one in a bundle) find the same through a
 * registered symbol. Bump its number when two versions could not share them.
 */
const KEY = Symbol.for('prom-multiproc/shared/1');

/** The thread's one value of this name, made by the first who asks. */
export function threadShared<T>(name: string, make: () => T): T {
  const holder = globalThis as { [KEY]?: Map<string, unknown> };
  holder[KEY] ??= new Map();
  const shared = holder[KEY];
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
}
