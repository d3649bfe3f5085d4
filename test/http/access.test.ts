// Who gets the page, from both adapters.

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { getRequestListener } from '@hono/node-server';
import test, { type ExecutionContext } from 'ava';
import { fetchHandler, type MetricsHandlerOptions, metricsHandler } from '../../src/index.js';
import { ask, serve } from '../helpers/http.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const ADAPTERS = {
  metricsHandler: (options?: MetricsHandlerOptions) => metricsHandler(options),
  fetchHandler: (options?: MetricsHandlerOptions) => getRequestListener(fetchHandler(options)),
};

/** Asks with an `Authorization` header; without one where it is empty. */
type Asker = (authorization?: string) => Promise<{ status: number; challenge?: string }>;

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

for (const [adapter, listener] of Object.entries(ADAPTERS)) {
  const start = async (t: ExecutionContext, options?: MetricsHandlerOptions): Promise<Asker> => {
    const url = await serve(t, listener(options));
    return async (authorization) => {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await ask(`${url}/metrics`, { headers });
      const challenge = answer.headers['www-authenticate'];
      if (answer.status !== 200) t.notRegex(answer.body, /prom_multiproc_info/);
      return { status: answer.status, ...(challenge !== undefined && { challenge }) };
    };
  };

  test(`${adapter}: the page is for those who have the token`, async (t) => {
    const asker = await start(t, { token: 's3cret' });
    for (const good of ['Bearer s3cret', 'bearer s3cret', 'BEARER  s3cret ']) {
      t.is((await asker(good)).status, 200, good);
    }
    const refused = { status: 401, challenge: 'Bearer realm="metrics"' };
    for (const bad of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer s3cre',
      'Bearer s3cret1',
      'Bearer S3CRET',
      'Bearer s3cret s3cret',
      'Token s3cret',
      's3cret',
      basic('s3cret'),
      basic(':s3cret'),
    ]) {
      t.deepEqual(await asker(bad), refused, bad);
    }
  });

  test(`${adapter}: the page is for those who have name and password`, async (t) => {
    const asker = await start(t, { basicAuth: { username: 'eva', password: 'ä:b' } });
    t.is((await asker(basic('eva:ä:b'))).status, 200);
    const refused = { status: 401, challenge: 'Basic realm="metrics", charset="UTF-8"' };
    for (const bad of [
      undefined,
      basic('eva:'),
      basic('eva'),
      basic(':ä:b'),
      basic('eve:ä:b'),
      basic('eva:ä:c'),
      'Basic ?',
      'Bearer ä:b',
    ]) {
      t.deepEqual(await asker(bad), refused, bad);
    }
  });

  test(`${adapter}: any one of several credentials will do`, async (t) => {
    const tokenFile = path.join(temporaryDirectory(t), 'token');
    const basicAuth = { username: 'eva', password: 'p' };
    const asker = await start(t, { token: 'one', tokenFile, basicAuth });
    t.is((await asker('Bearer one')).status, 200);
    t.is((await asker(basic('eva:p'))).status, 200, 'though the file is missing');
    writeFileSync(tokenFile, 'two');
    t.is((await asker('Bearer two')).status, 200);
    const challenge = 'Bearer realm="metrics", Basic realm="metrics", charset="UTF-8"';
    t.deepEqual(await asker(basic('eva:two')), { status: 401, challenge });
  });

  test(`${adapter}: a new token in the file counts at once`, async (t) => {
    const tokenFile = path.join(temporaryDirectory(t), 'token');
    writeFileSync(tokenFile, ' first\r\n');
    const asker = await start(t, { tokenFile });
    t.is((await asker('Bearer first')).status, 200);
    // As long as the one before, and within the same tick of the file system's clock.
    writeFileSync(tokenFile, ' again\r\n');
    t.is((await asker('Bearer first')).status, 401);
    t.is((await asker('Bearer again')).status, 200);
  });

  test(`${adapter}: while the file holds no token nobody gets the page`, async (t) => {
    const tokenFile = path.join(temporaryDirectory(t), 'token');
    const asker = await start(t, { tokenFile });
    const unavailable = { status: 503 };
    t.deepEqual(await asker('Bearer first'), unavailable);
    t.deepEqual(await asker(), unavailable);
    for (const content of ['', '\n', 'two words']) {
      writeFileSync(tokenFile, content);
      t.deepEqual(await asker(`Bearer ${content.trim()}`), unavailable);
      t.deepEqual(await asker('Bearer '), unavailable);
    }
    writeFileSync(tokenFile, 'first');
    t.is((await asker('Bearer first')).status, 200);
    rmSync(tokenFile);
    t.deepEqual(await asker('Bearer first'), unavailable);
  });

  test.serial(
    `${adapter}: the environment's token counts where no other credential is named`,
    async (t) => {
      process.env.PROMETHEUS_MULTIPROC_TOKEN = 'env';
      t.teardown(() => delete process.env.PROMETHEUS_MULTIPROC_TOKEN);
      const [byEnvironment, byOption] = [await start(t), await start(t, { token: 'option' })];
      t.is((await byEnvironment('Bearer env')).status, 200);
      t.is((await byEnvironment()).status, 401);
      t.is((await byOption('Bearer option')).status, 200);
      t.is((await byOption('Bearer env')).status, 401);
      process.env.PROMETHEUS_MULTIPROC_TOKEN = '';
      await t.throwsAsync(start(t), {
        instanceOf: TypeError,
        message: /^PROMETHEUS_MULTIPROC_TOKEN holds no token/,
      });
    },
  );
}

test('nothing of a refused request is in the answer', async (t) => {
  const marker = 'sent-by-the-client';
  const url = await serve(t, metricsHandler({ token: 'x' }));
  for (const method of ['GET', 'POST']) {
    const answer = await ask(`${url}/${marker}?name[]=${marker}`, {
      method,
      headers: { Authorization: `Bearer ${marker}`, Accept: marker, 'X-Other': marker },
    });
    t.false(JSON.stringify([answer.headers, answer.body]).includes(marker), method);
  }
});

test('credentials that nobody could send are refused when the handler is made', (t) => {
  const wrong: MetricsHandlerOptions[] = [
    { token: '' },
    { token: 'two words' },
    { token: 'ä' },
    { token: 1 as never },
    { basicAuth: { username: '', password: 'p' } },
    { basicAuth: { username: 'a:b', password: 'p' } },
    { basicAuth: { username: 'eva', password: '' } },
    { basicAuth: { username: 'eva' } as never },
  ];
  for (const options of wrong) {
    t.throws(() => metricsHandler(options), { instanceOf: TypeError }, JSON.stringify(options));
    t.throws(() => fetchHandler(options), { instanceOf: TypeError }, JSON.stringify(options));
  }
});
