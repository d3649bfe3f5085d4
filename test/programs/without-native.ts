// Loaded before a program: neither koffi nor mmap-io can be found, as on a platform
// that they have no binary for.

import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

const loader = Module as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, ...rest) => {
  if (request === 'koffi' || request === 'mmap-io') {
    throw Object.assign(new Error(`no binary of ${request} for this platform`), {
      code: 'MODULE_NOT_FOUND',
    });
  }
  return load(request, ...rest);
};
