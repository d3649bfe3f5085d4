// The README's programs for databases and caches, against real ones.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import knexOf, { type Knex } from 'knex';
import { startPostgreSql, startRedis } from '../helpers/databases.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { startProgram } from './program.js';
import { programFile } from './readme-blocks.js';

const require = createRequire(import.meta.url);

/** Loads its clients as the README's users do, in one way or the other. */
const application = (kind: 'esm' | 'cjs') => `
${
  kind === 'esm'
    ? `import pg from 'pg'; import { Redis } from 'ioredis'; import { collect } from 'prom-multiproc'; import { writeFileSync } from 'node:fs';`
    : `const pg = require('pg'); const { Redis } = require('ioredis'); const { collect } = require('prom-multiproc'); const { writeFileSync } = require('node:fs');`
}
(async () => {
  const { POSTGRESQL_PORT, REDIS_PORT } = process.env;
  const host = '127.0.0.1';
  const pool = new pg.Pool({ host, port: Number(POSTGRESQL_PORT), user: 'postgres', database: 'postgres' });
  for (let i = 0; i < 3; i++) await pool.query('SELECT 1');
  const redis = new Redis({ host, port: Number(REDIS_PORT) });
  await redis.set('there', 'x');
  for (let i = 0; i < 18; i++) await redis.get('there');
  for (let i = 0; i < 2; i++) await redis.get('not there');
  writeFileSync(process.env.PAGE, await collect());
  await redis.quit();
  await pool.end();
})();
`;

test('opentelemetry.mjs measures what an application loads, with import and with require', async (t) => {
  const [postgreSql, redis] = [await startPostgreSql(t), await startRedis(t)];
  for (const kind of ['esm', 'cjs'] as const) {
    const preload = programFile(t, 'opentelemetry.mjs');
    const file = path.join(path.dirname(preload), `app.${kind === 'esm' ? 'mjs' : 'cjs'}`);
    writeFileSync(file, application(kind));
    // Not what it prints: the newest Node.js warns of `register`.
    const page = path.join(path.dirname(preload), 'page.txt');
    const program = startProgram(t, ['--import', pathToFileURL(preload).href, file], {
      PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
      PAGE: page,
      POSTGRESQL_PORT: String(postgreSql),
      REDIS_PORT: String(redis),
    });
    t.is(await program.end(), 0, program.output);
    const samples = Object.entries(samplesByKey(readFileSync(page, 'utf8')));
    const sumOf = (...parts: string[]) =>
      samples
        .filter(([key]) => parts.every((part) => key.includes(part)))
        .reduce((sum, [, value]) => sum + value, 0);
    const count = 'db_client_operation_duration_seconds_count{';
    t.is(sumOf(count, 'db_operation_name="SELECT"', 'instrumentation-pg'), 3, kind);
    t.is(sumOf(count, 'db_operation_name="get"', 'instrumentation-ioredis'), 20, kind);
    const [hits, all] = [sumOf('cache_requests_total{', '"hit"'), sumOf('cache_requests_total{')];
    t.is(hits / all, 0.9, kind);
  }
});

/** Knex's dialect for SQLite on the fork of SQLite that has binaries for every supported Node.js. */
function openSqlite(directory: string): Knex {
  const BetterSqlite3 = require('knex/lib/dialects/better-sqlite3');
  class Libsql extends BetterSqlite3 {
    _driver() {
      return require('libsql');
    }
  }
  return knexOf({
    client: Libsql as unknown as typeof Knex.Client,
    connection: { filename: path.join(directory, 'database.sqlite') },
    useNullAsDefault: true,
    migrations: { directory },
  });
}

test('migrations.mjs shows how many migrations a database has not', async (t) => {
  const directory = temporaryDirectory(t);
  const write = (name: string) =>
    writeFileSync(
      path.join(directory, `${name}.js`),
      `exports.up = (knex) => knex.schema.createTable('${name}', (table) => table.integer('id'));
       exports.down = (knex) => knex.schema.dropTable('${name}');`,
    );
  write('1_first');
  write('2_second');
  const knex = openSqlite(directory);
  t.teardown(() => knex.destroy());
  const { watchMigrations } = await import(programFile(t, 'migrations.mjs'));
  const { collect } = await import('../../src/index.js');
  watchMigrations(knex);
  const unapplied = async () => samplesByKey(await collect()).unapplied_migrations;
  t.is(await unapplied(), 2);
  await knex.migrate.up();
  t.is(await unapplied(), 1);
  await knex.migrate.latest();
  t.is(await unapplied(), 0);
  write('3_third');
  t.is(await unapplied(), 1);
});
