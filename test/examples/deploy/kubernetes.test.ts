import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import test, { type ExecutionContext } from 'ava';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Service } from 'kubernetes-models/v1/Service';
import { root } from '../../docs/program.js';
import { deployment, folder, yaml } from './manifests.js';

interface Model {
  validate(): void;
}

const OPERATOR = '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';

/** Every manifest, the class that holds its API's schema, and the module of its type. */
const KINDS: Readonly<Record<string, { make(data: never): Model; type: string; from: string }>> = {
  'deployment.yaml': {
    make: (data) => new Deployment(data),
    type: 'IDeployment',
    from: 'kubernetes-models/apps/v1/Deployment',
  },
  'service.yaml': {
    make: (data) => new Service(data),
    type: 'IService',
    from: 'kubernetes-models/v1/Service',
  },
  'pod-monitor.yaml': {
    make: (data) => new PodMonitor(data),
    type: 'IPodMonitor',
    from: `${OPERATOR}/PodMonitor`,
  },
  'service-monitor.yaml': {
    make: (data) => new ServiceMonitor(data),
    type: 'IServiceMonitor',
    from: `${OPERATOR}/ServiceMonitor`,
  },
};

/** Compiles manifests as literals of their types: unlike a schema, these know every field. */
async function compiled(t: ExecutionContext, manifests: readonly [string, object][]) {
  const build = path.join(root, 'build');
  mkdirSync(build, { recursive: true });
  const dir = mkdtempSync(path.join(build, 'manifests-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  for (const [file, data] of manifests) {
    const { type, from } = KINDS[file] as { type: string; from: string };
    writeFileSync(
      path.join(dir, `${file}.ts`),
      `import type { ${type} } from '${from}';\nexport const it: ${type} = ${JSON.stringify(data)};\n`,
    );
  }
  const compilerOptions = { strict: true, noEmit: true, module: 'NodeNext', types: [] };
  writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  return promisify(execFile)(process.execPath, [compiler, '-p', dir]);
}

test('there is a schema for every manifest', (t) => {
  t.deepEqual(readdirSync(path.join(folder, 'kubernetes')).sort(), Object.keys(KINDS).sort());
});

for (const [file, { make }] of Object.entries(KINDS)) {
  test(`${file} is valid by the schema of its API`, (t) => {
    t.notThrows(() => make(yaml(`kubernetes/${file}`) as never).validate());
  });
}

test('the schemas find a wrong type and a missing field', (t) => {
  const service = yaml<object>('kubernetes/service.yaml');
  const wrong = { ...service, spec: { ports: [{ name: 'http' }] } };
  t.throws(() => new Service(wrong as never).validate(), { message: /ports\/0.*port/ });
  const monitor = yaml<object>('kubernetes/pod-monitor.yaml');
  const numbered = { ...monitor, spec: { selector: {}, podMetricsEndpoints: [{ port: 9464 }] } };
  t.throws(() => new PodMonitor(numbered as never).validate(), { message: /port must be string/ });
});

test('the manifests have no field that their APIs do not know', async (t) => {
  const all = Object.keys(KINDS).map(
    (file) => [file, yaml<object>(`kubernetes/${file}`)] as [string, object],
  );
  await t.notThrowsAsync(compiled(t, all));
  const misspelt = { ...deployment(), spec: { ...deployment().spec, replica: 2 } };
  const error = await t.throwsAsync<Error & { stdout: string }>(
    compiled(t, [['deployment.yaml', misspelt]]),
  );
  t.regex(error?.stdout ?? '', /replica/);
});
