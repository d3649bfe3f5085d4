import { FileSource } from '../processes/file-source.js';
import { Reader } from '../store/reader.js';
import type { Writer } from '../store/writer.js';

const sources = new WeakMap<Writer, FileSource>();

/** What a writer of this thread keeps in memory, as a source of a merge; undefined where it keeps a file. */
export function memorySource(writer: Writer): FileSource | undefined {
  const { mapping } = writer;
  // Not by its class: another copy of the package may have made it.
  if (mapping.backend !== 'memory') return undefined;
  let source = sources.get(writer);
  if (source === undefined) {
    source = new FileSource(new Reader(mapping.reader()));
    sources.set(writer, source);
  }
  return source;
}
