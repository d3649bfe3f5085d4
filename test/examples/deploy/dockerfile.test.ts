import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { manifest } from '../../package/consumer.js';
import { dockerfile, folder, text } from './manifests.js';

test('the Dockerfile has no fault, and no stage that is not there', (t) => {
  t.deepEqual(validate(text('Dockerfile')), []);
  const misspelt = text('Dockerfile').replace('WORKDIR', 'WORKDIRR');
  t.regex(String(validate(misspelt)[0]?.message), /WORKDIRR/);
  const stages = DockerfileParser.parse(text('Dockerfile'))
    .getFROMs()
    .map((from) => from.getBuildStage());
  const wanted = dockerfile('COPY').flatMap((line) => /--from=(\S+)/.exec(line)?.[1] ?? []);
  t.deepEqual(wanted, stages.slice(0, -1));
});

test('what the Dockerfile copies is in the build context', (t) => {
  const copied = dockerfile('COPY')
    .filter((line) => !line.startsWith('--from'))
    .map((line) => line.split(' ')[0] as string);
  t.true(copied.length > 0);
  for (const file of copied) t.true(existsSync(path.join(folder, file)), file);
  // Everything is left out but the application.
  const [all, ...exceptions] = text('.dockerignore').trim().split('\n');
  t.is(all, '*');
  t.deepEqual(exceptions, ['!app', 'app/node_modules']);
  for (const file of copied) t.regex(file, /^app\//);
});

test('the image runs a file of the application, as nobody of weight, with this package', (t) => {
  const command = JSON.parse(dockerfile('CMD')[0] ?? '') as string[];
  t.is(command[0], 'node');
  t.true(existsSync(path.join(folder, 'app', command[1] as string)));
  t.is(dockerfile('USER').at(-1), 'node');
  const { dependencies } = JSON.parse(
    readFileSync(path.join(folder, 'app/package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  // A minor version may break what is before 1.0.
  const [major, minor] = manifest.version.split('.');
  t.regex(dependencies[manifest.name] ?? '', new RegExp(`^\\^${major}\\.${minor}\\.\\d+$`));
});
