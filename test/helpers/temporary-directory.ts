import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What of a test is needed to clean up after it. */
export interface Teardown {
  teardown(run: () => unknown): void;
}

/** A new directory that is removed with all that is in it when the test ends, however it ends. */
export function temporaryDirectory(t: Teardown): string {
  const path = mkdtempSync(join(tmpdir(), 'prom-multiproc-test-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
