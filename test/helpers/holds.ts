import type { ExecutionContext } from 'ava';
import fc from 'fast-check';

/**
 * Asserts that a property holds. Of a failure the log has seed, path and the smallest
 * counterexample; a failed assertion of the test's own, which comes first, tells of the
 * first one that was found.
 */
export function holds<T>(
  t: ExecutionContext,
  property: fc.IProperty<T>,
  parameters: fc.Parameters<T> = {},
): void {
  const details = fc.check(property, parameters);
  if (details.failed) {
    t.log(fc.defaultReportMessage(details));
    t.fail(`seed ${details.seed}, path ${details.counterexamplePath}`);
  }
  t.pass();
}
