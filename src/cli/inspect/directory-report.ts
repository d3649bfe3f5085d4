import { type EntryKind, listEntries } from '../../processes/directory.js';
import {
  type BadFileReport,
  type FileReport,
  isBad,
  reportFile,
  type Tools,
} from './file-report.js';

/** All that is in one directory. */
export interface DirectoryReport {
  readonly directory: string;
  readonly files: readonly FileReport[];
  readonly bad: readonly BadFileReport[];
  /** Names that no reader opens. */
  readonly others: readonly { readonly name: string; readonly kind: EntryKind }[];
}

/** @throws DirectoryError when it cannot be listed */
export function reportDirectory(directory: string, tools: Tools): DirectoryReport {
  const files: FileReport[] = [];
  const bad: BadFileReport[] = [];
  const others: DirectoryReport['others'][number][] = [];
  for (const { name, path, kind } of listEntries(directory)) {
    if (kind !== 'writer' && kind !== 'archive') {
      others.push({ name, kind });
      continue;
    }
    const report = reportFile(path, tools);
    if (!isBad(report)) files.push(report);
    // Folded away between listing and opening.
    else if (report.error.code !== 'ENOENT') bad.push(report);
  }
  return { directory, files, bad, others };
}
