/** Base of every error of this library that is not a programmer's error in a metric call. */
export class MultiprocError extends Error {
  override name = 'MultiprocError';
}

/** `PROMETHEUS_MULTIPROC_DIR` is not set, or what it names cannot serve as a directory. */
export class DirectoryError extends MultiprocError {
  override name = 'DirectoryError';
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** A forced backend cannot work here, or its name is unknown. */
export class BackendError extends MultiprocError {
  override name = 'BackendError';
  readonly backend: string;

  constructor(backend: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.backend = backend;
  }
}

/** A system call of a mapping failed. `code` is the system's name for it, such as `ENOSPC`. */
export class MappingError extends MultiprocError {
  override name = 'MappingError';
  readonly path: string;
  readonly code: string;

  constructor(path: string, code: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message} (${code})`, options);
    this.path = path;
    this.code = code;
  }
}

/** A file in the directory is not, or no longer, what the format says. The page is served without it. */
export class FileFormatError extends MultiprocError {
  override name = 'FileFormatError';
  readonly path: string;
  /** Byte offset in the file at which the fault was found. */
  readonly offset: number;

  constructor(path: string, offset: number, message: string) {
    super(`${path}: at byte ${offset}: ${message}`);
    this.path = path;
    this.offset = offset;
  }
}

/** The file is of a format version, byte order or kind that this version of the library does not know. */
export class UnsupportedFileError extends FileFormatError {
  override name = 'UnsupportedFileError';
}

/** A writer has no room for another record or block within its limits. */
export class CapacityError extends MultiprocError {
  override name = 'CapacityError';
}

/** Codes of opening what is no regular file: a directory, a FIFO, a link. */
const NO_FILE: ReadonlySet<string> = new Set(['ENOTREG', 'ELOOP']);

/** Whether it is the file that is wrong, so that nobody can read it before it is another. */
export function isBadFile(error: unknown): error is FileFormatError | MappingError {
  if (error instanceof FileFormatError) return true;
  return error instanceof MappingError && NO_FILE.has(error.code);
}

/** Limits of this process and of the system. */
const NO_DESCRIPTOR: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/** Whether something failed for want of a descriptor only. */
export function isOutOfDescriptors(error: unknown): boolean {
  return NO_DESCRIPTOR.has(errorCode(error));
}

/** The `code` of a system error, or of the one that is the cause of ours; an error's class name where there is none. */
export function errorCode(error: unknown): string {
  if (error instanceof MappingError) return error.code;
  if (error instanceof DirectoryError && error.cause !== undefined) return errorCode(error.cause);
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'unknown';
}

/** What an error says, whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
