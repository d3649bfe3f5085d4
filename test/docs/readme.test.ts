// The README's programs run, print what it shows, and every exported name is in it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { ask, freePort } from '../helpers/http.js';
import { isKnownDead } from '../helpers/known-dead.js';
import { Pm2Fleet } from '../helpers/pm2-fleet.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { root, startProgram } from './program.js';
import { block, blocks, programFile, readme, shownOutput } from './readme-blocks.js';

for (const backend of expectedBackends()) {
  const environment = (t: Teardown) => ({
    PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
    PROMETHEUS_MULTIPROC_BACKEND: backend,
  });

  test(`the third run of orders.mjs prints what README.md shows, on ${backend}`, async (t) => {
    const file = programFile(t, 'orders.mjs');
    const env = environment(t);
    let output = '';
    for (let run = 1; run <= 3; run++) {
      const program = startProgram(t, [file], env);
      t.is(await program.end(), 0, program.output);
      output = program.output;
    }
    t.is(output.trim(), shownOutput('output of the third run of orders.mjs').trim());
  });

  test(`server.mjs serves the page that README.md shows, on ${backend}`, async (t) => {
    const port = await freePort();
    const server = startProgram(t, [programFile(t, 'server.mjs')], {
      ...environment(t),
      PORT: String(port),
    });
    await server.prints(/(?:listens\n.*?){4}/s);
    // A connection for each request: the primary hands them out in turn.
    const headers = { connection: 'close' };
    const get = async (path: string) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text();
    for (let i = 0; i < 100; i++) await get('/hello');
    // Once round, so that every worker has ended the turn in which it counted.
    for (let i = 0; i < 4; i++) await get('/metrics');
    const shown = shownOutput('page of server.mjs');
    for (let i = 0; i < 4; i++) {
      t.is(`${(await get('/metrics')).split('\n', 3).join('\n')}\n`, shown);
    }
  });
}

test('migrated.mjs runs', async (t) => {
  const program = startProgram(t, [programFile(t, 'migrated.mjs')]);
  t.is(await program.end(), 0, program.output);
});

test('pm2.cjs tells of a process that ends under pm2', async (t) => {
  t.timeout(120_000);
  const fleet = new Pm2Fleet(t, 'file');
  await fleet.start('app', 'fork', 1);
  const env = { PROMETHEUS_MULTIPROC_DIR: fleet.dir, PM2_HOME: fleet.pm2.home };
  startProgram(t, [programFile(t, 'pm2.cjs')], env);
  const victim = await fleet.killOne();
  await eventually(async () =>
    isKnownDead('file', fleet.dir, victim) ? undefined : 'nobody was told',
  );
  t.true(isKnownDead('file', fleet.dir, victim));
});

test('installed.mjs counts on from the run before', async (t) => {
  const file = programFile(t, 'installed.mjs');
  const env = { PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) };
  for (const count of [1, 2]) {
    const program = startProgram(t, [file], env);
    t.is(await program.end(), 0, program.output);
    t.regex(program.output, new RegExp(`^eggs_total ${count}$`, 'm'));
  }
});

test('exemplars.mjs shows the exemplar that the README shows', async (t) => {
  const env = { PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) };
  const program = startProgram(t, [programFile(t, 'exemplars.mjs')], env);
  t.is(await program.end(), 0, program.output);
  const [shown] = /^request_seconds_bucket.* # .*(?= )/m.exec(readme) ?? [];
  t.true(shown !== undefined && program.output.includes(shown), program.output);
});

for (const [name, shown] of [
  ['http.mjs', () => block('page of http.mjs').trim().split('\n')],
  [
    'hono-routes.mjs',
    () => [
      'http_server_request_duration_seconds_count{method="GET",route="/users/:id",status="200"} 2',
    ],
  ],
] as const) {
  test(`${name} measures requests as the README says`, async (t) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = startProgram(t, [programFile(t, name)], {
      PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
      PORT: String(port),
    });
    await eventually(async () => {
      t.is(program.process.exitCode, null, program.output);
      return ask(`${url}/metrics`).then(() => undefined, String);
    });
    for (const id of [1, 2]) await ask(`${url}/users/${id}`);
    const { body } = await ask(`${url}/metrics`);
    for (const line of shown()) t.true(body.includes(line), `${line}\n${body}`);
  });
}

for (const name of [
  'express.mjs',
  'fastify.mjs',
  'hono.mjs',
  'internal.mjs',
  'koa.mjs',
  'nest.mjs',
]) {
  test(`${name} serves the page`, async (t) => {
    const port = await freePort();
    const program = startProgram(t, [programFile(t, name)], {
      PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
      PORT: String(port),
    });
    await eventually(async () => {
      t.is(program.process.exitCode, null, program.output);
      try {
        const { status, body } = await ask(`http://127.0.0.1:${port}/metrics`);
        t.is(status, 200, body);
        t.regex(body, /^prom_multiproc_info\{/m);
        return undefined;
      } catch (error) {
        return String(error);
      }
    });
  });
}

test('the route handler of Next.js gives the page', async (t) => {
  const { GET } = await import(programFile(t, 'route.mjs'));
  const response: Response = await GET(new Request('http://127.0.0.1/metrics'));
  t.is(response.status, 200);
  t.regex(await response.text(), /^prom_multiproc_info\{/m);
});

test('every marked block is tested here', (t) => {
  t.deepEqual([...blocks.keys()].sort(), [
    'exemplars.mjs',
    'express.mjs',
    'fastify.mjs',
    'hono-routes.mjs',
    'hono.mjs',
    'http.mjs',
    'installed.mjs',
    'internal.mjs',
    'koa.mjs',
    'migrated.mjs',
    'migrations.mjs',
    'nest.mjs',
    'opentelemetry.mjs',
    'orders.mjs',
    'output of the third run of orders.mjs',
    'page of http.mjs',
    'page of server.mjs',
    'pm2.cjs',
    'route.mjs',
    'server.mjs',
  ]);
  const programs = readme.match(/^```js$/gm) ?? [];
  t.is(programs.length, [...blocks.keys()].filter((name) => /^[^ ]+\.[cm]js$/.test(name)).length);
});

test('every exported name is in README.md', (t) => {
  const entries = [
    'src/index.ts',
    'src/integrations/prom-client/index.ts',
    'src/integrations/http-metrics/index.ts',
    'src/integrations/opentelemetry/index.ts',
  ];
  const source = entries.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const lists = [...source.matchAll(/^export (?:type )?\{(.*?)\}/gms)].flatMap(([, list]) =>
    (list as string).split(','),
  );
  const names = lists
    .map((entry) =>
      entry
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '');
  for (const [, name] of source.matchAll(/^export const (\w+)/gm)) names.push(name as string);
  t.true(names.length > 40, 'names were found');
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme));
  t.deepEqual(missing, []);
});

test('every self-metric is in README.md', (t) => {
  const source = readFileSync(join(root, 'src/collect/self-metrics.ts'), 'utf8');
  const names = [...source.matchAll(/^ {4}name: '(\w+)'/gm)].map(
    ([, name]) => `prom_multiproc_${name}`,
  );
  t.true(names.length >= 6, 'names were found');
  t.deepEqual(
    names.filter((name) => !readme.includes(`\`${name}`)),
    [],
  );
});

test('links inside the project lead to files and headings that exist', (t) => {
  const headings = new Set(
    [...readme.matchAll(/^#+ (.+)$/gm)].map(
      ([, title]) =>
        `#${(title as string)
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-')}`,
    ),
  );
  for (const [, target] of readme.matchAll(/\]\(([^)]+)\)/g)) {
    const link = target as string;
    if (link.startsWith('#')) t.true(headings.has(link), link);
    else t.true(existsSync(join(root, link)), link);
  }
});
