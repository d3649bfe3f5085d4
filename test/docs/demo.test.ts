// `npm run demo`, as its last step runs it.

import { existsSync } from 'node:fs';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { startProgram } from './program.js';

const DEMO = 'build/examples/demo/main.js';

for (const backend of expectedBackends()) {
  test(`the demo finds every number as it must be, on ${backend}`, async (t) => {
    const demo = startProgram(t, [DEMO], { PROMETHEUS_MULTIPROC_BACKEND: backend });
    t.is(await demo.end(), 0, demo.output);
    const lines = demo.output.split('\n');
    t.is(lines.filter((line) => line.startsWith('ok ')).length, 11, demo.output);
    t.deepEqual(
      lines.filter((line) => line.startsWith('FAILED')),
      [],
    );
    t.regex(demo.output, /^demo_requests_total +counter +4000 +4000 +5000$/m);
    t.regex(demo.output, /^demo_request_duration_seconds_count +histogram +4000 +4000 +5000$/m);
    t.regex(demo.output, /^demo_workers +gauge, livesum +4 +3 +4$/m);
    const directory = /count in (\S+)$/m.exec(demo.output)?.[1] as string;
    t.false(existsSync(directory), directory);
  });
}

test('a demo that serves replaces a worker that is killed, and ends at Ctrl-C', async (t) => {
  const demo = startProgram(t, [DEMO, '--serve', '--port', '0']);
  const [, directory] = await demo.prints(/count in (\S+)$/m);
  const [, url] = await demo.prints(/^ +(\S+\/items\/1) /m);
  await demo.prints(/^scrape_configs:$/m);
  const [, first] = await demo.prints(/^Workers: (\d+)/m);
  await demo.prints(/Ctrl-C ends\.$/m);

  const counted = /^demo_requests_total\{route="\/items\/:id",status="200"\} 1$/m;
  const metrics = async () => (await fetch(new URL('/metrics', url))).text();
  await (await fetch(url as string)).text();
  t.regex(await metrics(), counted);
  process.kill(Number(first), 'SIGKILL');
  await demo.prints(/takes its place/);
  const page = await metrics();
  t.regex(page, counted);
  t.regex(page, /^demo_workers 4$/m);

  // The whole group, as a terminal does it.
  process.kill(-(demo.process.pid as number), 'SIGINT');
  t.is(await demo.end(), 0, demo.output);
  t.false(existsSync(directory as string));
});
