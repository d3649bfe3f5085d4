import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes bytes into a file that stays the same file, as another process would. */
export function patchFile(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, bytes, 0, bytes.length, at);
  } finally {
    closeSync(fd);
  }
}

export function word(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
