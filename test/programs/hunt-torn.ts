/**
 * `npm run hunt:torn -- [--reads N]`: reads that many slots, 10^8 unless said otherwise,
 * spread over all pairs of backends, while a writer stores into them at full speed. Ends
 * with a table, and with exit code 1 when anything was torn, zero or mismatched.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { expectedBackends, type FileBackendName } from '../helpers/backends.js';
import { hunt } from '../helpers/torn-values.js';

const { values } = parseArgs({ options: { reads: { type: 'string', default: '100000000' } } });
const reads = Number(values.reads);
if (!(reads >= 1)) throw new Error(`--reads is ${values.reads}; it is a number from 1 on`);
const backends = expectedBackends();
const readsEach = Math.ceil(reads / backends.length ** 2);

async function huntWriter(writer: FileBackendName): Promise<object[]> {
  const dir = mkdtempSync(join(tmpdir(), 'prom-multiproc-torn-'));
  const child = fork(fileURLToPath(new URL('torn-values.js', import.meta.url)), {
    env: {
      ...process.env,
      PROMETHEUS_MULTIPROC_DIR: dir,
      PROMETHEUS_MULTIPROC_BACKEND: writer,
    },
  });
  const gone = once(child, 'exit');
  try {
    const [{ event }] = (await once(child, 'message')) as [{ event: number }];
    return backends.map((reader) => {
      const { wrong, ...counts } = hunt(dir, reader, event, readsEach);
      for (const one of wrong) console.error(`${writer} read by ${reader}: ${one}`);
      return { writer, reader, ...counts, wrong: wrong.length };
    });
  } finally {
    child.kill('SIGKILL');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  }
}

const rows: { reads?: number; wrong?: number }[] = [];
for (const writer of backends) rows.push(...(await huntWriter(writer)));
console.table(rows);
const wrong = rows.reduce((sum, row) => sum + (row.wrong ?? 0), 0);
const total = rows.reduce((sum, row) => sum + (row.reads ?? 0), 0);
console.log(`${total} slots read, ${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
