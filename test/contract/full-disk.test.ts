// A disk without room is an error where room is asked for, never a signal where it is used.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { nextMessage } from '../helpers/programs.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const PROGRAM = fileURLToPath(new URL('../programs/fill-disk.js', import.meta.url));

/** Mounted in a namespace of its own, the disk is gone with the process. */
const ON_A_SMALL_DISK = 'mount -t tmpfs -o size=512k tmpfs "$1" && exec "$2" "$3" "$4" "$1"';

const onLinux = process.platform === 'linux' ? test : test.skip;

for (const name of expectedBackends()) {
  onLinux(
    `${name}: a full disk is an error of the extension, and what that took is free for others`,
    async (t) => {
      const directory = temporaryDirectory(t);
      const command = [
        'sh',
        '-c',
        ON_A_SMALL_DISK,
        'sh',
        directory,
        process.execPath,
        PROGRAM,
        name,
      ];
      const child = spawn('unshare', ['--map-root-user', '--mount', ...command], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      t.teardown(() => child.kill('SIGKILL'));
      t.deepEqual(await nextMessage(child), ['ok', 'ok', 'ENOSPC', 'ok', 'ENOSPC']);
    },
  );
}
