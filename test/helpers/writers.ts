import type { FileHeader } from '../../src/format/header.js';
import { FileKind, FLUSH_SEQUENCE_AT } from '../../src/format/layout.js';
import type { Backend, CreateOptions } from '../../src/mapping/mapping.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import type { MetricDescriptor } from '../../src/model/metric.js';
import { NO_VALUES, type SlotHolder } from '../../src/store/slots.js';
import { Writer, type WriterOptions } from '../../src/store/writer.js';

/** A writer's identity that no running process has. */
export const IDENTITY: Omit<FileHeader, 'backend' | 'locked'> = {
  kind: FileKind.writer,
  pid: 4711,
  threadId: 0,
  startTicks: 123456,
  bootId: '00112233445566778899aabbccddeeff',
  pidNamespace: 4026531836,
  host: 'test-host',
  createdMs: 1_700_000_000_000,
  name: '',
};

/** Options of a file that is flushed by the test alone, and whose failures fail it. */
export const CREATE_OPTIONS: CreateOptions = {
  flushSequenceAt: FLUSH_SEQUENCE_AT,
  onFlushError(error) {
    throw error;
  },
};

/** A writer of a new file. */
export function fileWriter(
  backend: Backend,
  path: string,
  identity: Partial<FileHeader> = {},
  options?: WriterOptions,
): Writer {
  const mapping = backend.create(path, CREATE_OPTIONS);
  return new Writer(mapping, { ...IDENTITY, ...identity }, options);
}

/** A writer in plain memory. */
export function memoryWriter(identity: Partial<FileHeader> = {}): Writer {
  return new Writer(new MemoryMapping(), { ...IDENTITY, ...identity });
}

/** What a bound child is to the store. */
export function newHolder(): SlotHolder {
  return { values: NO_VALUES, index: -1, dirty: undefined };
}

/** Stores a value as a bound child does. */
export function setSlot(holder: SlotHolder, value: number, slot = 0): void {
  const at = holder.index + slot;
  holder.values[at] = value;
  holder.dirty?.mark(at, at);
}

/** A metric's descriptor; a counter without labels unless said otherwise. */
export function descriptor(metric: Partial<MetricDescriptor> = {}): MetricDescriptor {
  return {
    name: 'requests_total',
    help: 'Requests.',
    type: 'counter',
    mode: 'livesum',
    labelNames: [],
    buckets: [],
    ...metric,
  };
}
