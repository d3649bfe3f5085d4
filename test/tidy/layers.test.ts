// The rules of the source tree that no compiler checks: which layer may import
// which, that nothing is dead, that files stay small enough to read.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const root = new URL('../../../', import.meta.url);

/** Every layer that integrations may build on. */
const ANY_BELOW = [
  'version',
  'errors',
  'limits',
  'fence',
  'model',
  'format',
  'mapping',
  'store',
  'merge',
  'processes',
  'thread-shared',
  'state',
  'metrics',
  'default-metrics',
  'collect',
  'exposition',
  'http',
];

/**
 * What each layer may import besides itself. A layer is a folder of src/, a
 * file directly in it, or native-free-fallback/. Types count like values: a
 * layer that knows another's types knows the layer.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  version: [],
  limits: [],
  fence: [],
  steps: [],
  errors: [],
  model: ['errors', 'limits'],
  format: ['model', 'errors', 'limits'],
  mapping: ['model', 'errors', 'limits'],
  'native-free-fallback': ['mapping', 'model', 'errors', 'limits'],
  store: ['fence', 'steps', 'format', 'mapping', 'model', 'errors', 'limits'],
  merge: ['fence', 'steps', 'model', 'errors', 'limits'],
  processes: ['format', 'mapping', 'store', 'merge', 'model', 'errors', 'limits'],
  'thread-shared': [],
  state: [
    'thread-shared',
    'processes',
    'store',
    'mapping',
    'format',
    'version',
    'model',
    'errors',
    'limits',
  ],
  metrics: ['fence', 'store', 'processes', 'state', 'thread-shared', 'model', 'errors', 'limits'],
  'default-metrics': ['metrics', 'state', 'thread-shared', 'model', 'errors', 'limits'],
  collect: [
    'store',
    'merge',
    'version',
    'processes',
    'mapping',
    'format',
    'state',
    'thread-shared',
    'metrics',
    'exposition',
    'steps',
    'model',
    'errors',
    'limits',
  ],
  exposition: ['steps', 'model', 'errors', 'limits'],
  http: ['collect', 'exposition', 'state', 'model', 'errors', 'limits'],
  integrations: ANY_BELOW,
  statsd: ['collect', 'metrics', 'state', 'store', 'model'],
  cli: [...ANY_BELOW, 'steps', 'integrations', 'statsd'],
  entrypoints: [...ANY_BELOW, 'integrations', 'cli', 'index'],
  index: [...ANY_BELOW, 'integrations'],
};

/** Single files that may do what their layer may not, each with its reason. */
const EXCEPTIONS: Record<string, { mayImport: readonly string[]; because: string }> = {
  'src/mapping/backend.ts': {
    mayImport: ['native-free-fallback'],
    because: 'it is the one place that picks a backend',
  },
};

/** Files that must not import each other, though their layer would let them. */
const STRANGERS: readonly (readonly [string, string])[] = [
  ['src/store/writer', 'src/store/reader'],
];

const MAX_LINES = 300;

/** Files longer than MAX_LINES, each with its reason. */
const LONG_FILES: Record<string, string> = {};

interface Import {
  readonly specifier: string;
  /** The imported file, from the root; undefined for a package or a Node.js module. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

const IMPORT =
  /^(?:import|export)\s(?<type>type\s)?[^'"`;]*?\bfrom\s*'(?<from>[^']+)'|^import\s*'(?<bare>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'\s*\)/gms;

function importsOf(file: string): Import[] {
  return [...read(file).matchAll(IMPORT)].map(({ groups = {} }) => {
    const specifier = groups.from ?? groups.bare ?? groups.dynamic ?? '';
    const target = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : undefined;
    return { specifier, target, typeOnly: groups.type !== undefined };
  });
}

function layerOf(file: string): string {
  const [top, second = ''] = file.split('/');
  return top === 'src' ? second.replace(/\.ts$/, '') : (top ?? '');
}

function read(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

/** TypeScript files below a folder, from the root, with `/` on every system. */
function filesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(new URL(`${folder}/`, root), { recursive: true }) as string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

const shipped = [...filesIn('src'), ...filesIn('native-free-fallback')];
const all = [...shipped, ...['test', 'bench', 'examples', 'monitoring'].flatMap(filesIn)];

test('every layer imports only the layers below it', (t) => {
  t.true(shipped.length > 0);
  const broken: string[] = [];
  for (const file of shipped) {
    const layer = layerOf(file);
    const allowed = MAY_IMPORT[layer];
    if (allowed === undefined) {
      broken.push(`${file}: layer ${layer} is not in the table`);
      continue;
    }
    const extra = EXCEPTIONS[file]?.mayImport ?? [];
    for (const { target } of importsOf(file)) {
      if (target === undefined) continue;
      const to = layerOf(target);
      if (to !== layer && !allowed.includes(to) && !extra.includes(to)) {
        broken.push(`${file} imports ${target}: ${layer} may not import ${to}`);
      }
    }
  }
  t.deepEqual(broken, []);
});

test('strangers do not import each other', (t) => {
  const broken = STRANGERS.flatMap((pair) => {
    const [left, right] = pair;
    return [...importing(left, right), ...importing(right, left)];
  });
  t.deepEqual(broken, []);
});

/** A name stands for the file and for a folder of that name. */
function importing(from: string, to: string): string[] {
  const belongs = (file: string, name: string) =>
    file === `${name}.ts` || file.startsWith(`${name}/`);
  return shipped
    .filter((file) => belongs(file, from))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => target !== undefined && belongs(target, to))
        .map(({ target }) => `${file} imports ${target}`),
    );
}

test('OpenTelemetry is known to its integration alone, and as types', (t) => {
  const folder = 'src/integrations/opentelemetry/';
  const imports = shipped.flatMap((file) => importsOf(file).map((one) => ({ ...one, file })));
  const packages = imports.filter(({ specifier }) => specifier.startsWith('@opentelemetry/'));
  t.true(packages.length > 0);
  t.deepEqual(
    packages.filter(({ file, typeOnly }) => !file.startsWith(folder) || !typeOnly),
    [],
  );
  const users = imports.filter(({ target }) => target?.startsWith(folder));
  t.deepEqual(
    users.filter(({ file }) => !file.startsWith(folder)),
    [],
  );
});

test('every relative import names a file that exists', (t) => {
  const broken = shipped.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => target !== undefined && !shipped.includes(target))
      .map(({ specifier }) => `${file} imports ${specifier}`),
  );
  t.deepEqual(broken, []);
});

test('no file imports itself in a circle', (t) => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    done.add(file);
    for (const { target, typeOnly } of importsOf(file)) {
      // Types are gone at run time: two files may know each other's.
      if (target === undefined || typeOnly || !shipped.includes(target)) continue;
      visit(target, [...trail, file]);
    }
  };
  for (const file of shipped) visit(file, []);
  t.deepEqual(circles, []);
});

test('every file can be reached from an entry of the package', async (t) => {
  const { entries, programs, page } = await import(new URL('scripts/entries.js', root).href);
  const reached = new Set<string>();
  const queue = [...Object.values(entries), ...Object.values(programs), page] as string[];
  for (const entry of queue) t.true(shipped.includes(entry), entry);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { target } of importsOf(file)) {
      if (target !== undefined && shipped.includes(target)) queue.push(target);
    }
  }
  const dead = shipped.filter((file) => !reached.has(file));
  t.deepEqual(dead, []);
});

test('a file has at most 300 lines, or a reason', (t) => {
  const long = all.filter((file) => read(file).split('\n').length - 1 > MAX_LINES);
  t.deepEqual(long, Object.keys(LONG_FILES).sort());
});

test('every exception is needed and names a file that exists', (t) => {
  for (const file of [...Object.keys(EXCEPTIONS), ...Object.keys(LONG_FILES)]) {
    t.true(all.includes(file), file);
  }
  for (const [file, { mayImport }] of Object.entries(EXCEPTIONS)) {
    const layers = importsOf(file).map(({ target }) => layerOf(target ?? ''));
    for (const layer of mayImport) t.true(layers.includes(layer), `${file}: ${layer}`);
  }
});

test('no file is a drawer for what has no other place', (t) => {
  const drawers = all.filter((file) => /(?:^|\/)(?:utils?|helpers?|misc|common)\.ts$/.test(file));
  t.deepEqual(drawers, []);
});

test('nothing is left to be done later', (t) => {
  // In brackets, so that this file does not find itself.
  const marker = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/;
  t.deepEqual(
    all.filter((file) => marker.test(read(file))),
    [],
  );
});
