// promtool, of the Debian package prometheus, reads the page and finds nothing to mend.

import { spawnSync } from 'node:child_process';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';
import { makeRichMetrics } from './rich-metrics.js';

/** What `promtool check metrics` prints; empty when it has nothing to say. Throws where it is missing. */
function promtoolSays(page: string): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: page,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? `${stdout}${stderr}` : `exit code ${status}: ${stdout}${stderr}`;
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: promtool accepts the page of several processes`, async (t) => {
    const { reader, start } = openScene(t, backend);
    const writers = [start(), start()];
    for (const [i, writer] of writers.entries()) await makeRichMetrics(writer, i + 1);
    t.is(promtoolSays(await reader.collect()), '');
    await writers[0]?.kill();
    const page = await reader.collect();
    t.is(promtoolSays(page), '');
    t.regex(page, /^eggs_total 3$/m);
  });
}

test('promtool accepts the page before anything was written', async (t) => {
  const { reader } = openScene(t, 'file');
  const page = await reader.collect();
  t.regex(page, /^prom_multiproc_info\{/m);
  t.is(promtoolSays(page), '');
});

test('promtool would tell of a page that is wrong', (t) => {
  t.regex(promtoolSays('# TYPE a counter\na 1\n'), /counter metrics should have "_total" suffix/);
  t.regex(promtoolSays('a{l="x} 1\n'), /exit code 1: .*error while linting/);
  t.regex(promtoolSays('a 1\na 2\n'), /exit code \d/);
});
