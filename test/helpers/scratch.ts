import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What of a test is needed to clean up after it. */
export interface Teardown {
  teardown(run: () => unknown): void;
}

/** A directory of the test's own, removed with it. */
export function scratchDirectory(t: Teardown): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'prom-multiproc-test-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
