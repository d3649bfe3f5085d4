import { resolve } from 'node:path';
import { BackendError } from '../../errors.js';
import { type BackendChoice, chooseBackend } from '../../mapping/backend.js';
import { DIRECTORY_VARIABLE } from '../../processes/directory.js';
import { timingFromEnvironment } from '../../processes/timing.js';
import { type Finding, note, ok, wrong } from './finding.js';

const LOWER_VARIABLE = DIRECTORY_VARIABLE.toLowerCase();

/** The variables, as an application that is started here would find them. */
export function environmentFindings(
  env: Readonly<NodeJS.ProcessEnv>,
  directories: readonly string[],
): Finding[] {
  const warnings: string[] = [];
  timingFromEnvironment(env, (message) => warnings.push(message));
  return [
    variableFinding(env, directories),
    ...warnings.map((message) =>
      wrong('variable', message, 'set it to such a number, or unset it'),
    ),
  ];
}

function variableFinding(
  env: Readonly<NodeJS.ProcessEnv>,
  directories: readonly string[],
): Finding {
  const named = env[DIRECTORY_VARIABLE] || undefined;
  const lower = env[LOWER_VARIABLE] || undefined;
  if (named === undefined && lower !== undefined) {
    return note('variable', `only ${LOWER_VARIABLE} is set`, `set ${DIRECTORY_VARIABLE} instead`);
  }
  if (named === undefined) {
    const advice = `set it before the application starts: without it every process counts for itself`;
    const says = `${DIRECTORY_VARIABLE} is not set here`;
    // With directories by name somebody looks from outside, where it need not be.
    return (directories.length === 0 ? wrong : note)('variable', says, advice);
  }
  const path = resolve(named);
  if (directories.length > 0 && !directories.includes(path)) {
    return note(
      'variable',
      `${DIRECTORY_VARIABLE} is ${named}, which is not what was named`,
      'make sure that the application and who serves its page have the same directory',
    );
  }
  if (path !== named) {
    return note(
      'variable',
      `${DIRECTORY_VARIABLE} is ${named}, which is ${path} here and another directory elsewhere`,
      'set it to an absolute path',
    );
  }
  return ok('variable', `${DIRECTORY_VARIABLE} is ${named}`);
}

const REASONS_TO_PREFER = {
  mmap: 'npm install koffi',
  'mmap-io': 'npm install mmap-io, where koffi cannot be',
} as const;

const NATIVE = ['mmap', 'mmap-io'] as const;

function loads(name: string): string {
  try {
    chooseBackend(name);
    return `${name} could`;
  } catch (error) {
    const { cause } = error as Error;
    const [reason] = String(cause instanceof Error ? cause.message : error).split('\n', 1);
    return `${name} cannot: ${reason}`;
  }
}

/** Which backend serves here, and why not another. */
export function backendFindings(env: Readonly<NodeJS.ProcessEnv>): Finding[] {
  const forced = env.PROMETHEUS_MULTIPROC_BACKEND || undefined;
  let choice: BackendChoice;
  try {
    choice = chooseBackend(forced);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return [wrong('backend', error.message, 'unset it, or install what it needs')];
  }
  const { name } = choice.backend;
  const chosen = forced === undefined ? `${name} serves` : `${name} serves, because it is forced`;
  const others = NATIVE.filter((other) => other !== name).map(loads);
  const says = [chosen, ...others].join('; ');
  if (name !== 'file') return [ok('backend', says)];
  const advice = `${REASONS_TO_PREFER.mmap}, or ${REASONS_TO_PREFER['mmap-io']}: with file SIGKILL loses what was counted since the last turn of the event loop`;
  return [note('backend', says, advice)];
}
