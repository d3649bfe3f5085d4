import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Call = (...args: unknown[]) => unknown;

/**
 * Makes one function of `node:fs` fail with a system's code while `action` runs, where
 * its first argument is a path that `fails` says. Root may do anything, so what a system
 * refuses to others is injected.
 */
export async function withFailingCall<T>(
  name: 'unlinkSync' | 'fsyncSync' | 'renameSync' | 'lstatSync',
  code: string,
  fails: (path: unknown) => boolean,
  action: () => Promise<T>,
): Promise<T> {
  const functions = fs as unknown as Record<string, Call>;
  const original = functions[name] as Call;
  functions[name] = (...args) => {
    if (!fails(args[0])) return original(...args);
    throw Object.assign(new Error(`${code}: injected, ${name}`), { code });
  };
  syncBuiltinESMExports();
  try {
    return await action();
  } finally {
    functions[name] = original;
    syncBuiltinESMExports();
  }
}
