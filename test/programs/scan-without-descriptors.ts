// Scans a directory of one known and one new file when this process, which may have
// few descriptors, has none left, and again when it has some.

import { closeSync, openSync } from 'node:fs';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { errorCode } from '../../src/errors.js';
import { newWriterName } from '../../src/processes/directory.js';
import { loadBackend } from '../helpers/backends.js';
import { descriptor, fileWriter, IDENTITY } from '../helpers/writers.js';

const directory = process.argv[2] as string;
const backend = loadBackend('file');
let errors: unknown[] = [];
const observer = {
  self: IDENTITY,
  nowMs: () => IDENTITY.createdMs,
  startTicksOf: () => IDENTITY.startTicks,
  runs: () => true,
};
const newView = () =>
  new DirectoryView(directory, backend, observer, (error) => errors.push(error));

function addWriter(name: string): void {
  const writer = fileWriter(backend, newWriterName(directory, IDENTITY.pid, 0).final);
  writer.defineMetric(descriptor({ name }));
  writer.mapping.flush();
}

function scan(view: DirectoryView): { names: string[]; errors: string[] } {
  errors = [];
  view.scan();
  const names = [...view.sources].flatMap(({ contents }) =>
    contents.metrics.map(({ name }) => name),
  );
  return { names: names.sort(), errors: errors.map(errorCode) };
}

function takeAllDescriptors(): number[] {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if (errorCode(error) !== 'EMFILE') throw error;
    return taken;
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'nothing thrown';
  } catch (error) {
    return errorCode(error);
  }
}

addWriter('one');
const view = newView();
scan(view);
addWriter('two');
const taken = takeAllDescriptors();
const first = codeOf(() => newView().scan());
const none = scan(view);
for (const fd of taken) closeSync(fd);
process.send?.({ first, none, enough: scan(view) });
