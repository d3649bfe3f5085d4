// Makes build/page/page.js of src/http/page: the page for people as one HTML document with
// its script and its style in it, and the policy that allows these two by their hashes.
// `#page` in package.json leads there, for the bundler as for the tests.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { page } from './entries.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = path.join(root, path.dirname(page));
const target = path.join(root, 'build/page/page.js');

export async function buildPage() {
  const script = await bundle();
  const style = readFileSync(path.join(sources, 'style.css'), 'utf8')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\n\s*/g, '\n');
  const html = put(
    put(readFileSync(path.join(sources, 'index.html'), 'utf8'), "/* page's style */", style),
    "/* page's script */",
    script,
  );
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(
    target,
    `export const html = ${JSON.stringify(html)};\nexport const policy = ${JSON.stringify(policy)};\n`,
  );
}

async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: page,
    platform: 'browser',
    tsconfig: path.join(sources, 'tsconfig.json'),
    onLog(level, log, report) {
      report(level === 'warn' ? 'error' : level, log);
    },
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  const [{ code }] = output;
  if (/<\/script|<!--/i.test(code)) throw new Error('the script would end in the middle of itself');
  return code;
}

/** Puts text where the mark is, which is there once. */
function put(text, mark, replacement) {
  const parts = text.split(mark);
  if (parts.length !== 2) throw new Error(`${mark} is in the page ${parts.length - 1} times`);
  return parts.join(replacement);
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
