// One application with the client package four times: a duplicate in the tree, and copies
// in bundles, as server bundles of Next.js have them.

import { cpSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { type OutputChunk, rolldown } from 'rolldown';
import { expectedBackends } from '../helpers/backends.js';
import { Project } from '../preload/project.js';
import { applicationFile, openFilesLimit, RunningApplication, WORKERS } from './application.js';

const GRAPHS = [0, 1, 2, 3];

/** Bundles a route into the project, with the client package inside. */
async function bundle(project: Project, file: string): Promise<void> {
  const build = await rolldown({
    input: applicationFile('bundled-route.mjs'),
    external: [/^prom-multiproc/],
    platform: 'node',
  });
  const { output } = await build.generate({ format: 'cjs' });
  await build.close();
  const [{ code }] = output as [OutputChunk];
  project.write(file, code);
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: each of three workers shows all requests: four module graphs`,
    async (t) => {
      t.timeout(60_000);
      const project = new Project(t);
      project.copy('prom-client', 'dependency/node_modules/prom-client');
      for (const file of ['route-a.cjs', 'route-b.cjs']) {
        await bundle(project, file);
      }
      const server = path.join(project.dir, 'server.cjs');
      cpSync(applicationFile('duplicates.cjs'), server);
      const args = [applicationFile('three.cjs'), server];
      const application = await RunningApplication.start(t, args, { backend });
      const expectOnEach = async (requests: number) => {
        for (const graph of GRAPHS) {
          for (const samples of await application.pages(`/metrics?graph=${graph}`)) {
            t.is(samples['shown_total{route="/users"}'], GRAPHS.length * requests, `${graph}`);
          }
        }
      };
      await application.send('/users', 20);
      await expectOnEach(20);
      await application.killOne();
      await expectOnEach(20);
      await application.send('/users', 11);
      await expectOnEach(31);
      for (const samples of await application.pages('/metrics?graph=3')) {
        t.is(samples.process_max_fds, WORKERS * openFilesLimit());
      }
      t.is(application.output, '');
    },
  );
}
