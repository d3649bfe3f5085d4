// The end of a metrics server.

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'ava';
import { startMetricsServer } from '../../src/index.js';
import { ask } from '../helpers/http.js';
import { makeSlow } from '../helpers/memory-metrics.js';
import { RawConnection } from '../helpers/sockets.js';

test('closing waits for scrapes in flight, and for nothing else', async (t) => {
  const { begun, end } = makeSlow('slow');
  const server = await startMetricsServer({ port: 0 });
  const url = server.url as string;
  const [silent, half, idle] = [0, 1, 2].map(() => new RawConnection(url)) as [
    RawConnection,
    RawConnection,
    RawConnection,
  ];
  await silent.opened();
  half.socket.write('GET /metrics HTTP/1.1\r\n');
  await idle.get('/none');
  const scrape = ask(`${url}?name[]=slow`);
  await begun.opened;
  const closed = server.close();
  t.is(server.address, undefined);
  t.is(server.url, undefined);
  t.is(server.close(), closed);
  await t.throwsAsync(ask(url), { code: 'ECONNREFUSED' });
  end.open();
  const { status, body } = await scrape;
  t.is(status, 200);
  t.regex(body, /^slow 1$/m);
  await Promise.all([closed, silent.closed, half.closed, idle.closed]);
});

test('a server that is not to keep the process alive does not', (t) => {
  const module = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
  const program = `import { startMetricsServer } from ${module};
    (await startMetricsServer({ port: 0 })).unref();`;
  const args = ['--input-type=module', '--eval', program];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  t.is(status, 0, stderr);
});
