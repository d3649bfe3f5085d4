import { statfsSync } from 'node:fs';
import { CHUNK_ALIGN_BYTES } from '../../limits.js';
import { formatBytes } from '../units.js';
import { type Finding, note, ok, wrong } from './finding.js';

type Nature = 'memory' | 'disk' | 'layer' | 'network' | 'program';

/** What `statfs` calls a file system. Source: statfs(2). */
const KINDS: ReadonlyMap<number, readonly [name: string, nature: Nature]> = new Map([
  [0x01021994, ['tmpfs', 'memory']],
  [0x858458f6, ['ramfs', 'memory']],
  [0xef53, ['ext2, ext3 or ext4', 'disk']],
  [0x58465342, ['xfs', 'disk']],
  [0x9123683e, ['btrfs', 'disk']],
  [0xf2f52010, ['f2fs', 'disk']],
  [0x2fc12fc1, ['zfs', 'disk']],
  [0x794c7630, ['overlayfs', 'layer']],
  [0x6969, ['nfs', 'network']],
  [0xff534d42, ['cifs', 'network']],
  [0xfe534d42, ['smb2', 'network']],
  [0x01021997, ['9p', 'program']],
  [0x65735546, ['fuse', 'program']],
  [0x00c36400, ['ceph', 'network']],
  [0x0bd00bd0, ['lustre', 'network']],
]);

/** A writer's file at first: values and records. */
const NEW_FILE_BYTES = 2 * CHUNK_ALIGN_BYTES;
const LITTLE_BYTES = 128 * NEW_FILE_BYTES;

/** Kind and room of the file system that a directory is on. */
export function fileSystemFindings(directory: string): Finding[] {
  const { type, bavail, bsize, blocks, files, ffree } = statfsSync(directory);
  return [
    kindFinding(type),
    spaceFinding(bavail * bsize, blocks * bsize, files > 0 && ffree === 0),
  ];
}

/** What a kind of file system, as `statfs` names it, means for a directory. */
export function kindFinding(type: number): Finding {
  const [name, nature] = KINDS.get(type) ?? [];
  const number = `0x${type.toString(16)}`;
  switch (nature) {
    case 'memory':
      return ok('file system', `${name}: memory, gone with the machine`);
    case 'disk':
      return note(
        'file system',
        `${name}: a disk, on which files outlive the machine's restart and are written back all the time`,
        'use a tmpfs such as /dev/shm/app, unless counters are to survive a restart',
      );
    case 'layer':
      return note(
        'file system',
        `${name}: the own layer of a container, which no other container sees`,
        'mount a volume that all containers of the application share, best one in memory',
      );
    case 'program':
      return note(
        'file system',
        `${name}: another program is behind it, and decides what processes share`,
        'use a tmpfs such as /dev/shm/app, of which it is known that mapped memory and locks are shared',
      );
    case 'network':
      return wrong(
        'file system',
        `${name}: memory is not shared, nor are locks, between machines that mount it`,
        'use a directory of this machine, such as /dev/shm/app: one for each machine',
      );
    case undefined:
      return note(
        'file system',
        `${number}, which is not known here`,
        'if it is shared between machines, use a directory of this one',
      );
  }
}

function spaceFinding(freeBytes: number, allBytes: number, noInodes: boolean): Finding {
  const says = `${formatBytes(freeBytes)} of ${formatBytes(allBytes)} are free`;
  const advice =
    'make room: a process whose file cannot grow counts on, but its new series are on no other process’s page';
  if (noInodes) return wrong('space', 'no more files can be made here', advice);
  if (freeBytes < NEW_FILE_BYTES) return wrong('space', says, advice);
  if (freeBytes < LITTLE_BYTES) return note('space', says, advice);
  return ok('space', says);
}
