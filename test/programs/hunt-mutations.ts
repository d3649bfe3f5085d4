/**
 * `npm run hunt:mutations -- [--mutations N] [--seed S]`: changes the golden files in so
 * many ways, 10^6 unless said otherwise, and cuts them off at every byte. Ends with a
 * table, and with exit code 1 when a reader did anything but read them or refuse them by
 * name: `helpers/mutation-hunt` says what is checked. A failure tells its seed; with
 * `--mutations 2 --seed` it is made again.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GOLDEN_NAMES as FILES, type Tally } from '../helpers/mutation-hunt.js';

/** A thousand changes take less than a second. */
const HANGS_AFTER_MS = 60_000;
/** Far more than the largest golden file, and all that is read of it, needs. */
const MAX_HEAP_MIB = 256;
const MAX_RESIDENT_BYTES = 512 * 1024 ** 2;

const { values } = parseArgs({
  options: {
    mutations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [mutations, seed] = [Number(values.mutations), Number(values.seed)];
if (!(mutations >= 1)) throw new Error(`--mutations is ${values.mutations}; it is from 1 on`);
if (!Number.isInteger(seed)) throw new Error(`--seed is ${values.seed}; it is a whole number`);

type Message = { readonly at: string } | { readonly tally: Tally; readonly residentBytes: number };

/** Runs one part in a process of its own. @throws Error when it failed, hung or grew */
async function runPart(part: readonly (string | number)[]): Promise<Tally> {
  const child = fork(
    fileURLToPath(new URL('mutate-golden.js', import.meta.url)),
    part.map(String),
    {
      execArgv: ['--enable-source-maps', `--max-old-space-size=${MAX_HEAP_MIB}`],
    },
  );
  let last = 'begins';
  let tally: Tally | undefined;
  let residentBytes = 0;
  const watchdog = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  child.on('message', (message: Message) => {
    watchdog.refresh();
    if ('at' in message) last = message.at;
    else ({ tally, residentBytes } = message);
  });
  const [code, signal] = (await once(child as ChildProcess, 'exit')) as [number | null, string];
  clearTimeout(watchdog);
  if (code !== 0 || tally === undefined) throw new Error(`${last}: ended with ${signal ?? code}`);
  if (residentBytes > MAX_RESIDENT_BYTES)
    throw new Error(`${last}: ${residentBytes} bytes resident`);
  return tally;
}

console.log(`seeds from ${seed}`);
const processes = availableParallelism();
const each = Math.ceil(mutations / FILES.length / processes);
const rows: ({ file: string } & Tally)[] = [];
for (const file of FILES) {
  const parts = Array.from({ length: processes }, (_, i) =>
    runPart([file, seed + i * each, each, i, processes]),
  );
  const settled = await Promise.allSettled(parts);
  for (const part of settled) {
    if (part.status === 'fulfilled') rows.push({ file, ...part.value });
    else console.error(String(part.reason));
  }
}
console.table(rows);
const failed = FILES.length * processes - rows.length;
const changed = rows.reduce((sum, { read, refused }) => sum + read + refused, 0);
console.log(`${changed} changed files, ${failed === 0 ? 'none' : 'some'} read wrongly`);
process.exitCode = failed === 0 ? 0 : 1;
