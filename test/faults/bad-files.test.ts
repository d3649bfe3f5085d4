// Whole applications beside files that are not what their names say.

import { copyFileSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MAX_BAD_FILE_WARNINGS } from '../../src/limits.js';
import { type Application, eventually, startApplication } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { BAD_FILES } from '../helpers/bad-files.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** Far below the 10 GB of the largest file; Node.js itself takes some 60 MB. */
const MAX_MEMORY_BYTES = 512 * 1024 ** 2;

const onPosix = process.platform === 'win32' ? test.serial.skip : test.serial;

/** A file that counts 1000 and belongs to no page. */
async function goodFile(t: ExecutionContext, backend: string): Promise<string> {
  const dir = temporaryDirectory(t);
  const app = startApplication(t, backend, dir);
  await app.make('Counter', { name: 'good_total' });
  await app.call('good_total', 'inc', 1000);
  await app.kill();
  const file = path.join(dir, readdirSync(dir)[0] as string);
  const kept = path.join(temporaryDirectory(t), 'good');
  copyFileSync(file, kept);
  return kept;
}

/** An application that has counted `good_total` to 2. */
async function liveWriter(t: ExecutionContext, backend: string, dir: string): Promise<Application> {
  const app = startApplication(t, backend, dir);
  await app.make('Counter', { name: 'good_total' });
  await app.call('good_total', 'inc', 2);
  return app;
}

async function staysSmall(t: ExecutionContext, app: Application): Promise<void> {
  const { rss, external, arrayBuffers } = await app.memory();
  t.true(rss < MAX_MEMORY_BYTES, `${rss} bytes are resident`);
  t.true(external + arrayBuffers < MAX_MEMORY_BYTES, `${external + arrayBuffers} bytes`);
}

function writerName(index: number): string {
  return `${4_000_000 + index}-0-${index.toString(16).padStart(16, '0')}.pmp`;
}

for (const backend of expectedBackends()) {
  onPosix(
    `${backend}: bad files of all kinds at once cost a page nothing but themselves`,
    async (t) => {
      const good = await goodFile(t, backend);
      const dir = temporaryDirectory(t);
      const writer = await liveWriter(t, backend, dir);
      const kinds = Object.values(BAD_FILES);
      for (const [i, { make }] of kinds.entries()) {
        make(path.join(dir, writerName(i)), readFileSync(good), good);
      }
      const reader = startApplication(t, backend, dir);
      for (const app of [reader, writer]) {
        t.is(await app.value('good_total'), 2);
        t.is(await app.value('prom_multiproc_files_skipped'), kinds.length);
        await staysSmall(t, app);
      }
      for (const { reason } of kinds) {
        const errors = await reader.value('prom_multiproc_errors_total', { reason });
        t.true((errors ?? 0) > 0, reason);
      }
      await writer.call('good_total', 'inc', 3);
      t.is(await reader.value('good_total'), 5);
      // What a dead writer left is folded although they are there, and they stay.
      await writer.kill();
      await eventually(async () => {
        t.is(await reader.value('good_total'), 5);
        return readdirSync(dir).includes('archive.pmp') ? undefined : 'no archive';
      });
      t.is(await reader.value('good_total'), 5);
      for (const i of kinds.keys()) t.truthy(lstatSync(path.join(dir, writerName(i))));
      // Pages and compactions have met them again and again.
      for (const reason of new Set(kinds.map((kind) => kind.reason))) {
        const ofReason = kinds.filter((kind) => kind.reason === reason).length;
        const errors = await reader.value('prom_multiproc_errors_total', { reason });
        t.is(errors, 2 * ofReason, `${reason}, of a reader and a writer`);
      }
      const warnings = await reader.warnings();
      t.is(new Set(warnings).size, Math.min(kinds.length, MAX_BAD_FILE_WARNINGS));
      t.is(warnings.length, new Set(warnings).size);
    },
  );

  for (const [index, [kind, { make, reason }]] of Object.entries(BAD_FILES).entries()) {
    onPosix(
      `${backend}: ${kind} among writers' files is skipped, and named in a warning`,
      async (t) => {
        const good = await goodFile(t, backend);
        const dir = temporaryDirectory(t);
        await liveWriter(t, backend, dir);
        const bad = path.join(dir, writerName(index));
        make(bad, readFileSync(good), good);
        const reader = startApplication(t, backend, dir);
        t.is(await reader.value('good_total'), 2);
        await namesTheFile(t, reader, reason, bad);
      },
    );

    onPosix(
      `${backend}: ${kind} for an archive is skipped, named in a warning, and kept`,
      async (t) => {
        const good = await goodFile(t, backend);
        const dir = temporaryDirectory(t);
        const writer = await liveWriter(t, backend, dir);
        const archive = path.join(dir, 'archive.pmp');
        make(archive, readFileSync(good), good);
        const { ino } = lstatSync(archive);
        const reader = startApplication(t, backend, dir);
        t.is(await reader.value('good_total'), 2);
        await namesTheFile(t, reader, reason, archive);

        await writer.kill();
        if (reason === 'UnsupportedFileError') {
          // Another version of the library can read it, and compacts here.
          t.is(await reader.value('good_total'), 2);
          t.is(lstatSync(archive).ino, ino);
          return;
        }
        await eventually(async () => {
          t.is(await reader.value('good_total'), 2);
          return readdirSync(dir).some((name) => name.startsWith('archive.pmp.bad-'))
            ? undefined
            : 'nothing is kept aside';
        });
        await eventually(async () => {
          t.is(await reader.value('good_total'), 2);
          const skipped = await reader.value('prom_multiproc_files_skipped');
          return skipped === 0 ? undefined : `${skipped} are skipped`;
        });
        const aside = readdirSync(dir).filter((name) => name.startsWith('archive.pmp.bad-'));
        t.deepEqual(
          aside.map((name) => lstatSync(path.join(dir, name)).ino),
          [ino],
        );
      },
    );
  }
}

async function namesTheFile(
  t: ExecutionContext,
  reader: Application,
  reason: string,
  file: string,
) {
  t.is(await reader.value('prom_multiproc_files_skipped'), 1);
  t.true(((await reader.value('prom_multiproc_errors_total', { reason })) ?? 0) > 0, reason);
  const warnings = await reader.warnings();
  t.is(warnings.length, 1, warnings.join('\n'));
  t.true(warnings[0]?.startsWith(`${file}: `), warnings[0]);
  await staysSmall(t, reader);
}
