// The package as a user gets it: packed, installed elsewhere, loaded both ways.
// Needs dist/ (`npm run build`).

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import {
  type Consumer,
  compile,
  duplicate,
  filesBelow,
  install,
  installed,
  manifest,
  pack,
  root,
  run,
  specifiers,
  temporaryDirectory,
} from './consumer.js';

const MAX_PACKAGES = 40;
const MAX_INSTALLED_BYTES = 12_000_000;

const WAYS = {
  plain: [],
  'without install scripts': ['--ignore-scripts'],
  'without optional dependencies': ['--omit=optional'],
} as const;

type Way = keyof typeof WAYS;

const temporary = temporaryDirectory();
const consumers = new Map<Way, Consumer>();
let tarball = '';

test.before('pack and install', async (t) => {
  t.timeout(170_000);
  if (!existsSync(path.join(root, 'dist/index.cjs'))) {
    throw new Error('dist/ is missing: run `npm run build` first');
  }
  tarball = await pack(temporary.path);
  for (const way of Object.keys(WAYS) as Way[]) {
    consumers.set(way, await install(temporary.path, tarball, WAYS[way]));
  }
});

test.after.always('clean up', () => temporary.remove());

function consumer(way: Way): Consumer {
  const found = consumers.get(way);
  if (found === undefined) throw new Error(`not installed: ${way}`);
  return found;
}

test('the package ships what users need and nothing else', (t) => {
  const files = filesBelow(consumer('plain').packageDir);
  const needed = ['CHANGELOG.md', 'FORMAT.md', 'LICENSE', 'README.md', 'package.json'];
  for (const name of needed) t.true(files.includes(name), `${name} is missing`);
  const shipped =
    /^dist\/(?:[\w-]+\.c?js|types(?:-cjs)?\/(?:src|native-free-fallback)\/.+\.d\.ts|types-cjs\/package\.json)$/;
  t.deepEqual(
    files.filter((name) => !needed.includes(name) && !shipped.test(name)),
    [],
  );
});

test('nothing runs when the package is installed', (t) => {
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepack', 'prepublish'];
  t.deepEqual(
    hooks.filter((hook) => hook in manifest.scripts),
    [],
  );
  t.false(existsSync(path.join(consumer('plain').packageDir, 'binding.gyp')));
});

for (const kind of ['esm', 'cjs'] as const) {
  test(`installed, it serves the page for people (${kind})`, async (t) => {
    const load =
      kind === 'esm'
        ? `import { startMetricsServer } from 'prom-multiproc';`
        : `const { startMetricsServer } = require('prom-multiproc');`;
    const page = await run(
      consumer('plain'),
      kind,
      `${load}
      startMetricsServer({ port: 0 }).then(async (server) => {
        const response = await fetch(new URL('/', server.url));
        const body = await response.text();
        await server.close();
        console.log(JSON.stringify([response.status, body]));
      });`,
    );
    const [status, body] = page as [number, string];
    t.is(status, 200);
    t.regex(body, /<title>Metrics<\/title>.*<script>.+<\/script>/s);
  });
}

for (const way of Object.keys(WAYS) as Way[]) {
  test(`installed ${way}, it brings in few packages and little`, (t) => {
    const { packageCount, sizeBytes } = installed(consumer(way));
    t.log(`${packageCount} packages, ${(sizeBytes / 1e6).toFixed(1)} MB`);
    t.true(packageCount <= MAX_PACKAGES, `${packageCount} packages`);
    t.true(sizeBytes <= MAX_INSTALLED_BYTES, `${sizeBytes} bytes`);
  });

  test(`installed ${way}, it counts and serves a page`, async (t) => {
    const backend =
      way === 'without optional dependencies' || process.platform === 'win32' ? 'file' : 'mmap';
    const page = await run(
      consumer(way),
      'esm',
      `import { Counter, collect } from 'prom-multiproc';
      new Counter({ name: 'eggs_total', help: 'Eggs.' }).inc(3);
      console.log(JSON.stringify(await collect()));`,
      { PROMETHEUS_MULTIPROC_DIR: path.join(consumer(way).dir, 'metrics') },
    );
    t.regex(String(page), /^eggs_total 3$/m);
    t.regex(String(page), new RegExp(`^prom_multiproc_info\\{.*backend="${backend}"`, 'm'));
    t.regex(
      String(page),
      new RegExp(`^prom_multiproc_info\\{.*version="${manifest.version}"`, 'm'),
    );
  });

  test(`installed ${way}, its program shows what was counted`, async (t) => {
    const dir = path.join(consumer(way).dir, 'counted');
    await run(
      consumer(way),
      'esm',
      `import { Counter } from 'prom-multiproc';
      new Counter({ name: 'eggs_total', help: 'Eggs.' }).inc(3);
      console.log('{}');`,
      { PROMETHEUS_MULTIPROC_DIR: dir },
    );
    const program = path.join(consumer(way).dir, 'node_modules/.bin/prom-multiproc');
    const { stdout } = await promisify(execFile)(program, ['dump', dir]);
    t.regex(stdout, /^eggs_total 3$/m);
  });

  for (const kind of ['esm', 'cjs'] as const) {
    test(`installed ${way}, its types serve a TypeScript consumer (${kind})`, async (t) => {
      const names = await exportedNames(consumer(way), manifest.name, 'cjs');
      await t.notThrowsAsync(
        compile(
          consumer(way),
          kind,
          `import { ${names.join(', ')} } from 'prom-multiproc';
          export const values: unknown[] = [${names.join(', ')}];
          const counter = new Counter({ name: 'a', help: 'b', labelNames: ['colour'] as const });
          counter.inc({ colour: 'red' }, 2);
          counter.labels('red').inc();
          // @ts-expect-error: a label that was not declared
          counter.inc({ size: 'small' });
          export const page: Promise<string> = collect({ format: 'openmetrics' });
          // @ts-expect-error: there is no such format
          collect({ format: 'xml' });`,
        ),
      );
    });
  }
}

for (const specifier of specifiers) {
  test(`import and require of ${specifier} give the same names`, async (t) => {
    const names = await exportedNames(consumer('plain'), specifier, 'cjs');
    t.deepEqual(await exportedNames(consumer('plain'), specifier, 'esm'), names);
    t.false(names.includes('default'));
  });
}

async function exportedNames(
  from: Consumer,
  specifier: string,
  kind: 'esm' | 'cjs',
): Promise<string[]> {
  const code =
    kind === 'esm' ? `import * as it from '${specifier}';` : `const it = require('${specifier}');`;
  const print = 'console.log(JSON.stringify(Object.keys(it).sort())); process.exit();';
  return (await run(from, kind, `${code}\n${print}`)) as string[];
}

for (const kind of ['esm', 'cjs'] as const) {
  test(`the hook for pm2 says that pm2 is missing where it is (${kind})`, async (t) => {
    const take =
      kind === 'esm'
        ? "import { installPm2Hooks } from 'prom-multiproc/pm2';"
        : "const { installPm2Hooks } = require('prom-multiproc/pm2');";
    const code = `${take}\ninstallPm2Hooks().catch((error) => console.log(JSON.stringify(error.message)));`;
    // If there is one after all, it does not wait for a daemon here.
    const env = { PM2_HOME: '/dev/null' };
    const message = await run(consumer('plain'), kind, code, env);
    t.regex(message as string, /needs the package pm2.* option pm2/);
  });
}

test('import and require give the same classes', async (t) => {
  const different = await run(
    consumer('plain'),
    'esm',
    `import { createRequire } from 'node:module';
    import * as imported from 'prom-multiproc';
    const required = createRequire(import.meta.url)('prom-multiproc');
    const names = Object.keys(imported).filter((name) => imported[name] !== required[name]);
    console.log(JSON.stringify(names));`,
  );
  t.deepEqual(different, []);
});

test('import, require and a second copy of the package share one writer', async (t) => {
  const plain = consumer('plain');
  const copy = duplicate(plain);
  const metricsDir = path.join(plain.dir, 'shared-metrics');
  const result = (await run(
    plain,
    'esm',
    `import { readdirSync } from 'node:fs';
    import { createRequire } from 'node:module';
    import * as imported from 'prom-multiproc';
    const require = createRequire(import.meta.url);
    const files = () => readdirSync(${JSON.stringify(metricsDir)}).sort();
    new imported.Counter({ name: 'imported_total', help: 'x' }).inc(1);
    const before = files();
    const required = require('prom-multiproc');
    new required.Counter({ name: 'required_total', help: 'x' }).inc(2);
    const copy = require(${JSON.stringify(copy)});
    new copy.Counter({ name: 'copied_total', help: 'x' }).inc(3);
    console.log(JSON.stringify({
      before,
      after: files(),
      distinct: copy.Counter !== imported.Counter,
      registered: imported.register.getSingleMetric('required_total') !== undefined,
      page: await copy.collect(),
    }));`,
    { PROMETHEUS_MULTIPROC_DIR: metricsDir },
  )) as {
    before: string[];
    after: string[];
    distinct: boolean;
    registered: boolean;
    page: string;
  };
  t.true(result.distinct, 'the second copy is one');
  t.true(result.registered);
  t.not(result.before.length, 0);
  t.deepEqual(result.after, result.before);
  t.regex(result.page, /^imported_total 1$/m);
  t.regex(result.page, /^required_total 2$/m);
  t.regex(result.page, /^copied_total 3$/m);
});

test('the types fit every way to import the package', async (t) => {
  const attw = path.join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji'];
  await t.notThrowsAsync(promisify(execFile)(process.execPath, args));
});

test('package.json, the change log and the code agree on the version', async (t) => {
  const changeLog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');
  const released = /^## \[(\d[^\]]*)\]/m.exec(changeLog)?.[1];
  t.is(released, manifest.version);
  const { VERSION } = (await import('../../src/version.js')) as { VERSION: string };
  t.is(VERSION, manifest.version);
});
