// `systemd-analyze`, of the Debian package systemd, judges the units in a root of their own.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { type Teardown, temporaryDirectory } from '../../helpers/temporary-directory.js';
import { execStart, folder } from './manifests.js';

const UNITS = readdirSync(path.join(folder, 'systemd'));
/** Of systemd's 0 to 100: up to 20 a service counts as well guarded. */
const MOST_EXPOSURE = 15;

/** A root with the units, what they start, and the units of this system. */
function rootWith(t: Teardown): string {
  const root = temporaryDirectory(t);
  const units = path.join(root, 'etc/systemd/system');
  cpSync(path.join(folder, 'systemd'), units, { recursive: true });
  mkdirSync(path.join(root, 'usr/lib/systemd'), { recursive: true });
  cpSync('/usr/lib/systemd/system', path.join(root, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const unit of UNITS) {
    const program = path.join(root, execStart(unit)[0] as string);
    mkdirSync(path.dirname(program), { recursive: true });
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
  }
  return root;
}

/** Exit code and output of `systemd-analyze verify`. */
function verify(root: string): { status: number | null; stderr: string } {
  return spawnSync('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...UNITS], {
    encoding: 'utf8',
  });
}

test('systemd finds no fault with the units', (t) => {
  t.like(verify(rootWith(t)), { status: 0, stderr: '' });
});

test('systemd finds a misspelt setting, and a unit that is not there', (t) => {
  const root = rootWith(t);
  const dropIn = path.join(root, 'etc/systemd/system/shop.service.d');
  mkdirSync(dropIn);
  writeFileSync(path.join(dropIn, 'a.conf'), '[Service]\nRuntimeDirectoryMod=0700\n');
  t.regex(verify(root).stderr, /Unknown key .*'RuntimeDirectoryMod'/);
  writeFileSync(path.join(dropIn, 'a.conf'), '[Unit]\nRequires=nothing.service\n');
  const { status, stderr } = verify(root);
  t.not(status, 0);
  t.regex(stderr, /nothing\.service/);
});

test('systemd counts the units as well guarded', (t) => {
  const root = rootWith(t);
  const args = [
    'security',
    '--offline=true',
    `--root=${root}`,
    `--threshold=${MOST_EXPOSURE}`,
    '--no-pager',
  ];
  for (const unit of UNITS) {
    t.notThrows(() => execFileSync('systemd-analyze', [...args, unit], { stdio: 'pipe' }), unit);
  }
  const open = path.join(root, 'etc/systemd/system/shop.service.d');
  mkdirSync(open);
  writeFileSync(path.join(open, 'open.conf'), '[Service]\nProtectSystem=no\nUser=root\n');
  t.throws(() => execFileSync('systemd-analyze', [...args, 'shop.service'], { stdio: 'pipe' }));
});
