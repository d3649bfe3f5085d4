// Which bad files are news.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MAX_BAD_FILES_KNOWN } from '../../src/limits.js';
import { BadFiles } from '../../src/processes/bad-files.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

test('a bad file is news once, and again when it is another or of another size', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const files = new BadFiles();
  const asked = () => [files.isNews(path), files.isNews(path)];
  writeFileSync(path, 'junk');
  t.deepEqual(asked(), [true, false]);
  writeFileSync(path, 'more junk');
  t.deepEqual(asked(), [true, false]);
  rmSync(path);
  mkdirSync(path);
  t.deepEqual(asked(), [true, false]);
  rmSync(path, { recursive: true });
  t.deepEqual(asked(), [true, false]);
});

test('a path that the system says nothing of is news once', (t) => {
  const files = new BadFiles();
  const path = `/${'x'.repeat(5000)}`;
  t.true(files.isNews(path));
  t.false(files.isNews(path));
});

test('of too many bad files the first are forgotten', (t) => {
  const directory = temporaryDirectory(t);
  const files = new BadFiles();
  for (let i = 0; i <= MAX_BAD_FILES_KNOWN; i++) t.true(files.isNews(join(directory, `${i}`)));
  t.false(files.isNews(join(directory, `${MAX_BAD_FILES_KNOWN}`)));
  t.false(files.isNews(join(directory, '1')));
  t.true(files.isNews(join(directory, '0')));
});
