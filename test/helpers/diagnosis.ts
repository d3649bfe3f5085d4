import type { Finding } from '../../src/cli/doctor/finding.js';
import { type RunOptions, runCli } from './command-line.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

export interface Diagnosis {
  readonly status: unknown;
  /** `level check: says`, of all findings. */
  readonly lines: readonly string[];
}

export async function diagnose(args: readonly string[], options: RunOptions): Promise<Diagnosis> {
  const { status, stdout, stderr } = await runCli(['doctor', '--json', ...args], options);
  if (stderr !== '') throw new Error(stderr);
  const findings = JSON.parse(stdout) as Finding[];
  for (const { level, says, advice } of findings) {
    if ((level === 'ok') !== (advice === undefined))
      throw new Error(`${level} has advice: ${says}`);
  }
  return { status, lines: findings.map(({ level, check, says }) => `${level} ${check}: ${says}`) };
}

export function finds(
  t: { true(value: boolean, message: string): void },
  { lines }: Diagnosis,
  pattern: RegExp,
): void {
  t.true(
    lines.some((line) => pattern.test(line)),
    `${pattern} is not in\n${lines.join('\n')}`,
  );
}

/** An empty directory to run in, so that nothing is found that is not meant. */
export function elsewhere(t: Teardown): RunOptions {
  return { cwd: temporaryDirectory(t) };
}
