// Compiles the development dependency mmap-io for the Node.js that runs this
// script, where it is expected to compile, and does nothing where it is not or
// where a build that loads is already there. Fails where a build is expected
// and cannot be made: a missing backend must not look like a passing test.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

/** mmap-io forces C++17; the V8 of later versions wants C++20. */
const COMPILES_ON_NODE_MAJORS = [20, 22];

const require = createRequire(import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (!COMPILES_ON_NODE_MAJORS.includes(major) || process.platform === 'win32') {
  console.log(`mmap-io: not expected on Node ${process.versions.node}, ${process.platform}`);
} else if (loads()) {
  console.log(`mmap-io: already built for Node ${process.versions.node}`);
} else {
  build();
}

/** In a process of its own: a native module that failed to load once stays so. */
function loads() {
  const code = `require(${JSON.stringify(require.resolve('mmap-io'))})`;
  return spawnSync(process.execPath, ['-e', code], { stdio: 'ignore' }).status === 0;
}

function build() {
  const packageDir = path.dirname(require.resolve('mmap-io/package.json'));
  const compiler = createRequire(`${packageDir}/package.json`).resolve(
    '@mapbox/node-pre-gyp/bin/node-pre-gyp',
  );
  console.log(`mmap-io: compiling for Node ${process.versions.node}`);
  const result = spawnSync(process.execPath, [compiler, 'install', '--build-from-source'], {
    cwd: packageDir,
    env: { ...process.env, ...headersBesideNode() },
    encoding: 'utf8',
  });
  if (result.status === 0 && loads()) return;
  console.error(result.stdout, result.stderr, result.error ?? '');
  console.error(
    `mmap-io: cannot be compiled for Node ${process.versions.node}. ` +
      'It needs Python 3, make and a C++17 compiler.',
  );
  process.exitCode = 1;
}

/**
 * Most installations bring the headers of exactly their version; using them
 * spares a download. An inherited nodedir may belong to another Node version.
 */
function headersBesideNode() {
  const nodeDir = path.resolve(path.dirname(process.execPath), '..');
  const versionHeader = path.join(nodeDir, 'include/node/node_version.h');
  const abi = process.versions.modules;
  if (!existsSync(versionHeader)) return {};
  if (!new RegExp(`NODE_MODULE_VERSION ${abi}\\b`).test(readFileSync(versionHeader, 'utf8'))) {
    return {};
  }
  return { npm_config_nodedir: nodeDir };
}
