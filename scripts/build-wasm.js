// Makes build/wasm/sums.js of src/merge/sums.wat. `#sums` in package.json leads
// there, for the bundler as for the tests.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = path.join(root, 'src/merge/sums.wat');
const target = path.join(root, 'build/wasm/sums.js');

export async function buildWasm() {
  const { parseWat } = await wabt();
  const parsed = parseWat(source, readFileSync(source, 'utf8'), { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `export const code = '${Buffer.from(buffer).toString('base64')}';\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWasm();
