import { accessSync, constants, statSync } from 'node:fs';
import { errorCode } from '../../errors.js';
import { requireDirectory } from '../../processes/directory.js';
import { type Finding, note, ok, wrong } from './finding.js';

const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Whether there is such a directory that this user can read; nothing else can be checked without. */
export function isReadable(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'wrong');
}

/** The directory itself, and what this user may do there. */
export function directoryFindings(directory: string): Finding[] {
  try {
    requireDirectory(directory);
  } catch (error) {
    const { message } = error as Error;
    return [wrong('directory', message, `mkdir -m 700 ${directory}, as the application's user`)];
  }
  const unreadable = failure(directory, constants.R_OK | constants.X_OK);
  if (unreadable !== undefined) {
    return [
      wrong(
        'permissions',
        `this user may not read here (${unreadable})`,
        `run this as the application's user, or let a group of both read it`,
      ),
    ];
  }
  return [
    ok('directory', `${directory} is there`),
    writeFinding(directory),
    ...modeFindings(directory),
  ];
}

function writeFinding(directory: string): Finding {
  const code = failure(directory, constants.W_OK);
  if (code === undefined) return ok('permissions', 'this user may read and write here');
  const why = code === 'EROFS' ? 'it is mounted read-only' : code;
  return note(
    'permissions',
    `this user may read here and not write (${why})`,
    'enough to serve the page; applications must be able to write, and one of them, or compact, to fold what the dead leave',
  );
}

function modeFindings(directory: string): Finding[] {
  const { mode } = statSync(directory);
  if ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0) return [];
  return [
    note(
      'permissions',
      'any user of this machine may add and remove files here',
      `chmod o-w ${directory}: whoever writes here writes numbers on the page`,
    ),
  ];
}

function failure(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
}
