import test from 'ava';
import { kindFinding } from '../../src/cli/doctor/file-system.js';

/** Numbers of statfs(2). */
const KINDS = {
  tmpfs: [0x01021994, 'ok'],
  ext4: [0xef53, 'note'],
  overlayfs: [0x794c7630, 'note'],
  fuse: [0x65735546, 'note'],
  nfs: [0x6969, 'wrong'],
  cifs: [0xff534d42, 'wrong'],
} as const;

for (const [name, [type, level]] of Object.entries(KINDS)) {
  test(`a directory on ${name} is ${level}`, (t) => {
    const finding = kindFinding(type);
    t.is(finding.level, level);
    t.true(finding.says.includes(name), finding.says);
  });
}

test('a file system that nobody knows is shown by its number', (t) => {
  const { level, says } = kindFinding(0x1234);
  t.is(level, 'note');
  t.regex(says, /^0x1234,/);
});
