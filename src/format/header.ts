import { FileFormatError, UnsupportedFileError } from '../errors.js';
import { MAX_HOST_BYTES, MAX_WRITER_NAME_BYTES } from '../limits.js';
import type { BackendName } from '../model/backend.js';
import {
  BACKEND_AT,
  BOOT_ID_AT,
  BYTE_ORDER_AT,
  BYTE_ORDER_MARK,
  CREATED_MS_AT,
  FileKind,
  FORMAT_VERSION,
  HEADER_BYTES,
  HOST_AT,
  KIND_AT,
  LITTLE_ENDIAN,
  LOCKED_AT,
  MAGIC,
  MAGIC_AT,
  MARK_AT,
  NAME_AT,
  PID_AT,
  PID_NAMESPACE_AT,
  START_TICKS_AT,
  THREAD_AT,
  VERSION_AT,
} from './layout.js';
import { isWriterName } from './writer-name.js';

/** Which writer wrote a file: enough to tell it from any other, also when its pid is used again. */
export interface WriterIdentity {
  readonly pid: number;
  /** 0 for the main thread, else `worker_threads.threadId`. */
  readonly threadId: number;
  /** Clock ticks from boot to the start of the process (`/proc/<pid>/stat`, field 22); 0 where unknown. */
  readonly startTicks: number;
  /** The kernel's boot id as 32 hexadecimal digits; empty where unknown. */
  readonly bootId: string;
  /** Inode of the pid namespace; 0 where unknown. */
  readonly pidNamespace: number;
  readonly host: string;
}

const BACKEND_CODES: Readonly<Record<BackendName, number>> = {
  memory: 0,
  mmap: 1,
  'mmap-io': 2,
  file: 3,
};
const BACKEND_NAMES = new Map<number, BackendName>(
  (Object.keys(BACKEND_CODES) as BackendName[]).map((name) => [BACKEND_CODES[name], name]),
);

/** The part of a header that never changes. */
export interface FileHeader extends WriterIdentity {
  readonly kind: FileKind;
  readonly backend: BackendName;
  /** Milliseconds since 1970, with a fraction: of two writers the one created later is the newer. */
  readonly createdMs: number;
  /** Whether the writer holds `flock(LOCK_EX)` on the file as long as it lives. */
  readonly locked: boolean;
  /** What the writer is called in place of its pid: see `isWriterName`. Empty for none, as in an archive. */
  readonly name: string;
}

/** Writes the identity into the first bytes of a new file. Call it before the file has its final name. */
export function encodeHeader(buffer: ArrayBuffer, header: FileHeader): void {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  bytes.set(MAGIC, MAGIC_AT);
  setU32(view, VERSION_AT, FORMAT_VERSION);
  setU32(view, BYTE_ORDER_AT, BYTE_ORDER_MARK);
  setU32(view, KIND_AT, header.kind);
  setU32(view, BACKEND_AT, BACKEND_CODES[header.backend]);
  setU32(view, PID_AT, header.pid);
  setU32(view, THREAD_AT, header.threadId);
  setF64(view, START_TICKS_AT, header.startTicks);
  setF64(view, CREATED_MS_AT, header.createdMs);
  setU32(view, LOCKED_AT, header.locked ? 1 : 0);
  bytes.set(Buffer.from(header.bootId, 'hex').subarray(0, 16), BOOT_ID_AT);
  setF64(view, PID_NAMESPACE_AT, header.pidNamespace);
  setText(bytes, HOST_AT, keptHost(header.host));
  setText(bytes, NAME_AT, header.name);
}

/** As much of a host name as a header keeps, in whole characters: compare this with a header's. */
export function keptHost(host: string): string {
  const characters = [...host];
  while (Buffer.byteLength(characters.join('')) > MAX_HOST_BYTES) characters.pop();
  return characters.join('');
}

/**
 * Reads the identity from the first `HEADER_BYTES` of a file.
 *
 * @throws FileFormatError when the bytes are no header
 * @throws UnsupportedFileError when they are one of another version or byte order
 */
export function decodeHeader(bytes: Uint8Array, path: string): FileHeader {
  if (bytes.length < HEADER_BYTES) {
    throw new FileFormatError(
      path,
      bytes.length,
      `the file has ${bytes.length} bytes, a header has ${HEADER_BYTES}`,
    );
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.compare(MAGIC, 0, MAGIC.length, MAGIC_AT, MAGIC_AT + MAGIC.length) !== 0) {
    throw new FileFormatError(path, MAGIC_AT, 'no file of this library: wrong magic');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = getU32(view, BYTE_ORDER_AT);
  if (order !== BYTE_ORDER_MARK) {
    throw new UnsupportedFileError(
      path,
      BYTE_ORDER_AT,
      `byte order mark 0x${order.toString(16)} of another machine, 0x${BYTE_ORDER_MARK.toString(16)} is read here`,
    );
  }
  const version = getU32(view, VERSION_AT);
  if (version !== FORMAT_VERSION) {
    throw new UnsupportedFileError(
      path,
      VERSION_AT,
      `format version ${version}, this library reads ${FORMAT_VERSION}: update the older side`,
    );
  }
  const kind = getU32(view, KIND_AT);
  if (kind !== FileKind.writer && kind !== FileKind.archive) {
    throw new UnsupportedFileError(path, KIND_AT, `unknown file kind ${kind}`);
  }
  const backend = BACKEND_NAMES.get(getU32(view, BACKEND_AT));
  if (backend === undefined) {
    throw new UnsupportedFileError(path, BACKEND_AT, 'unknown backend');
  }
  const name = getText(text, NAME_AT, MAX_WRITER_NAME_BYTES);
  const { bootId, pidNamespace, host } = originIn(text, path);
  return {
    kind,
    backend,
    pid: getU32(view, PID_AT),
    threadId: getU32(view, THREAD_AT),
    startTicks: getAmount(view, START_TICKS_AT, path),
    createdMs: getAmount(view, CREATED_MS_AT, path),
    locked: getU32(view, LOCKED_AT) === 1,
    bootId,
    pidNamespace,
    host,
    // What a writer is called says nothing of its values: they are read without.
    name: name !== '' && isWriterName(name) ? name : '',
  };
}

type Origin = Pick<WriterIdentity, 'bootId' | 'pidNamespace' | 'host'>;

/** The origin that was decoded last, and its bytes: files of one directory mostly have the same. */
let known: Origin | undefined;
const knownBytes = Buffer.alloc(MARK_AT - BOOT_ID_AT);

function originIn(header: Buffer, path: string): Origin {
  if (known !== undefined && knownBytes.compare(header, BOOT_ID_AT, MARK_AT) === 0) return known;
  const bootId = header.toString('hex', BOOT_ID_AT, BOOT_ID_AT + 16);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const origin = {
    bootId: /^0+$/.test(bootId) ? '' : bootId,
    pidNamespace: getAmount(view, PID_NAMESPACE_AT, path),
    host: getText(header, HOST_AT, MAX_HOST_BYTES),
  };
  header.copy(knownBytes, 0, BOOT_ID_AT, MARK_AT);
  known = origin;
  return origin;
}

/** A length byte and UTF-8. */
function setText(bytes: Uint8Array, at: number, text: string): void {
  const encoded = Buffer.from(text);
  bytes[at] = encoded.length;
  bytes.set(encoded, at + 1);
}
function getText(bytes: Buffer, at: number, maxBytes: number): string {
  const length = Math.min(bytes[at] as number, maxBytes);
  return bytes.toString('utf8', at + 1, at + 1 + length);
}
function setU32(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, LITTLE_ENDIAN);
}
function getU32(view: DataView, at: number): number {
  return view.getUint32(at, LITTLE_ENDIAN);
}
function setF64(view: DataView, at: number, value: number): void {
  view.setFloat64(at, value, LITTLE_ENDIAN);
}
/** A time or a number of the kernel: writers are ordered by these, which NaN has no place in. */
function getAmount(view: DataView, at: number, path: string): number {
  const amount = view.getFloat64(at, LITTLE_ENDIAN);
  if (amount >= 0 && amount < Number.POSITIVE_INFINITY) return amount;
  throw new FileFormatError(path, at, `${amount} where a number from 0 on belongs`);
}
