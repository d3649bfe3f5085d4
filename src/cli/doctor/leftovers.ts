import { statSync } from 'node:fs';
import { join } from 'node:path';
import { COMPACT_LOCK_STALE_MS, UNFINISHED_FILE_AGE_MS } from '../../limits.js';
import type { EntryKind } from '../../processes/directory.js';
import type { DirectoryReport } from '../inspect/directory-report.js';
import type { BadFileReport } from '../inspect/file-report.js';
import { counted } from '../units.js';
import { type Finding, note, ok, wrong } from './finding.js';

/** What nobody has taken away, and what cannot be read. */
export function leftoverFindings(report: DirectoryReport, nowMs: number): Finding[] {
  const { directory, files, bad } = report;
  const old = (kind: EntryKind, ageMs: number) => olderThan(report, kind, nowMs - ageMs);
  const unfinished = old('unfinished', UNFINISHED_FILE_AGE_MS);
  const locks = old('lock', COMPACT_LOCK_STALE_MS);
  const dead = files.filter(({ liveness }) => liveness === 'dead').length;
  const named = (kind: EntryKind) =>
    report.others.filter((other) => other.kind === kind).map(({ name }) => name);
  const findings = [
    ...some(dead > 0, () =>
      note(
        'leftovers',
        `${counted(dead, 'dead writer')} not yet in the archive: scrapes read their files`,
        `who serves the page folds them if it may write; else run prom-multiproc compact ${directory}`,
      ),
    ),
    ...some(unfinished.length > 0, () =>
      note(
        'leftovers',
        `${counted(unfinished.length, 'file')} never finished: ${unfinished.join(', ')}`,
        `prom-multiproc compact ${directory} removes them`,
      ),
    ),
    ...some(locks.length > 0, () =>
      note(
        'leftovers',
        'the lock of a compactor that has died',
        'the next compaction takes it over: nothing is to be done',
      ),
    ),
    ...named('bad archive').map((name) =>
      wrong(
        'leftovers',
        `${name}: an archive that could not be read was put aside, and what it held is on no page`,
        'keep it if its numbers matter to somebody; else prom-multiproc clean removes it',
      ),
    ),
    ...some(named('foreign').length > 0, () =>
      note(
        'leftovers',
        `not of this library: ${named('foreign').join(', ')}`,
        'readers pass over them; a directory of its own keeps accidents away',
      ),
    ),
    ...bad.map(badFinding),
  ];
  return findings.length === 0 ? [ok('leftovers', 'none')] : findings;
}

function badFinding({ path, error }: BadFileReport): Finding {
  const says = `${path} is left out of the page: ${error.name}: ${error.message}`;
  if (error.name === 'UnsupportedFileError') {
    return wrong(
      'files',
      says,
      'bring all processes to one version of the library, on one machine',
    );
  }
  if (error.code === 'EACCES') {
    return wrong('files', says, "run this, and whoever serves the page, as the application's user");
  }
  return wrong('files', says, 'find out who damaged it; what it counted is lost: remove it');
}

function some(condition: boolean, finding: () => Finding): Finding[] {
  return condition ? [finding()] : [];
}

function olderThan({ directory, others }: DirectoryReport, kind: EntryKind, ms: number): string[] {
  return others
    .filter((other) => {
      if (other.kind !== kind) return false;
      const stat = statSync(join(directory, other.name), { throwIfNoEntry: false });
      return stat !== undefined && stat.mtimeMs < ms;
    })
    .map(({ name }) => name);
}
