import { directoryList } from '../collect/directories.js';
import { DIRECTORY_VARIABLE, directoryFromEnvironment } from '../processes/directory.js';
import { threadState } from '../state.js';
import type { Invocation } from './command.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import { complain } from './output.js';

/**
 * Takes the directory out of the environment: the program looks at what applications
 * write, and must not become one of the writers.
 */
export function becomeReader(env: NodeJS.ProcessEnv): void {
  for (const name of [DIRECTORY_VARIABLE, DIRECTORY_VARIABLE.toLowerCase()]) delete env[name];
}

/** Directories and patterns as they were named, or the environment's. @throws CommandFailure where there are none */
export function namedDirectories({
  args,
  env,
}: Pick<Invocation, 'args' | 'env'>): readonly string[] {
  if (args.length > 0) return args;
  const own = directoryFromEnvironment(env, (message) => complain(`warning: ${message}`));
  if (own !== undefined) return [own];
  throw new CommandFailure(
    ExitCode.usage,
    `which directory? Name one, or set ${DIRECTORY_VARIABLE}`,
  );
}

/** The directories that there are now. @throws CommandFailure where patterns match none */
export async function foundDirectories(named: readonly string[]): Promise<readonly string[]> {
  const found = await directoryList(named, threadState())();
  if (found.length > 0) return found;
  throw new CommandFailure(ExitCode.failed, `no directory matches ${named.join(' ')}`);
}
