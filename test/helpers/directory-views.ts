import type { ExecutionContext } from 'ava';
import { DirectoryView } from '../../src/collect/directory-view.js';
import type { FileHeader } from '../../src/format/header.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Observer } from '../../src/processes/liveness.js';
import type { Writer } from '../../src/store/writer.js';
import { valuesOf } from './reading.js';
import { temporaryDirectory } from './temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder } from './writers.js';

/** Sees every process run. */
export const OBSERVER: Observer = {
  self: IDENTITY,
  nowMs: () => IDENTITY.createdMs,
  startTicksOf: () => IDENTITY.startTicks,
  runs: () => true,
};

/** A view of a directory, what it has told, the values that it shows, and who lives. */
export function setUp(t: ExecutionContext, backend: Backend, observer = OBSERVER) {
  const directory = temporaryDirectory(t);
  const errors: unknown[] = [];
  const view = new DirectoryView(directory, backend, observer, (error) => errors.push(error));
  t.teardown(() => view.close());
  const values = () =>
    Object.assign({}, ...[...view.sources].map(({ reader }) => valuesOf(reader)));
  const liveness = () => [...view.sources].map((source) => source.liveness);
  return { directory, errors, view, values, liveness };
}

/** A writer's file with one counter series `name[]`. */
export function addWriter(
  t: ExecutionContext,
  directory: string,
  backend: Backend,
  name: string,
  identity: Partial<FileHeader> = {},
): { writer: Writer; path: string } {
  const { pid, threadId } = { ...IDENTITY, ...identity };
  const path = newWriterName(directory, pid, threadId).final;
  const writer = fileWriter(backend, path, identity);
  t.teardown(() => writer.mapping.close());
  writer.addSeries(writer.defineMetric(descriptor({ name })), [], 1, newHolder(), [1]);
  writer.mapping.flush();
  return { writer, path };
}
