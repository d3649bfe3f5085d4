import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Call = (...args: unknown[]) => unknown;

/** Functions of `node:fs` by which this library changes files. */
export const CHANGING_CALLS = [
  'openSync',
  'writeSync',
  'ftruncateSync',
  'fsyncSync',
  'renameSync',
  'unlinkSync',
] as const;
export type ChangingCall = (typeof CHANGING_CALLS)[number];

/** Puts other functions in the place of some of `node:fs` while `action` runs. */
export async function withOtherCalls<T, Name extends string>(
  names: readonly Name[],
  other: (name: Name, original: Call) => Call,
  action: () => Promise<T>,
): Promise<T> {
  const functions = fs as unknown as Record<string, Call>;
  const originals = names.map((name) => [name, functions[name] as Call] as const);
  for (const [name, original] of originals) functions[name] = other(name, original);
  syncBuiltinESMExports();
  try {
    return await action();
  } finally {
    for (const [name, original] of originals) functions[name] = original;
    syncBuiltinESMExports();
  }
}

/**
 * Makes one function of `node:fs` fail with a system's code while `action` runs, where
 * its first argument is a path that `fails` says. Root may do anything, so what a system
 * refuses to others is injected.
 */
export function withFailingCall<T>(
  name: ChangingCall | 'lstatSync',
  code: string,
  fails: (path: unknown) => boolean,
  action: () => Promise<T>,
): Promise<T> {
  const failing =
    (_name: string, original: Call): Call =>
    (...args) => {
      if (!fails(args[0])) return original(...args);
      throw Object.assign(new Error(`${code}: injected, ${name}`), { code });
    };
  return withOtherCalls([name], failing, action);
}
