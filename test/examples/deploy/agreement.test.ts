// What one manifest says must be what another relies on.

import test from 'ava';
import {
  type Container,
  compose,
  deployment,
  dockerfile,
  execStart,
  imageEnvironment,
  METRICS_DIR,
  TOKEN_FILE,
  text,
  yaml,
} from './manifests.js';

const SIDECAR_PORT = '9464';
/** Uid and gid of the official image's user `node`. */
const NODE_USER = 1000;

const pod = () => deployment().spec.template.spec;
const sidecar = () => pod().initContainers[0] as Container;
const application = () => pod().containers[0] as Container;

test('the image, Compose and Kubernetes have one directory, in memory, that both containers mount', (t) => {
  t.is(imageEnvironment().PROMETHEUS_MULTIPROC_DIR, METRICS_DIR);
  t.regex(dockerfile('RUN').join('\n'), new RegExp(`--owner=node .*--mode=0700 ${METRICS_DIR}$`));

  const { services, volumes } = compose();
  for (const service of [services.app, services.metrics]) {
    t.deepEqual(service.volumes, [`metrics:${METRICS_DIR}`]);
  }
  t.like(volumes.metrics.driver_opts, { type: 'tmpfs', device: 'tmpfs' });
  const owner = `mode=0700,uid=${NODE_USER},gid=${NODE_USER}`;
  t.true(volumes.metrics.driver_opts.o?.includes(owner));

  const [volume] = pod().volumes;
  t.like(volume, { emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } });
  t.like(pod().securityContext, { runAsUser: NODE_USER, fsGroup: NODE_USER });
  for (const container of [application(), sidecar()]) {
    t.deepEqual(container.volumeMounts, [{ name: volume?.name as string, mountPath: METRICS_DIR }]);
  }
});

test('the units have one directory, which the application makes and the sidecar may write', (t) => {
  t.regex(text('systemd/shop.service'), /^RuntimeDirectory=shop$/m);
  t.regex(text('systemd/shop.service'), / PROMETHEUS_MULTIPROC_DIR=%t\/shop$/m);
  t.regex(text('systemd/shop-metrics.service'), /^ReadWritePaths=%t\/shop$/m);
  t.is(execStart('shop-metrics.service').at(-1), '%t/shop');
});

test('the sidecar is started in the same way everywhere, from the package that the image has', (t) => {
  const { command } = sidecar();
  const serve = ['prom-multiproc', 'serve', '--port', SIDECAR_PORT, '--host', '0.0.0.0'];
  t.deepEqual(command, [...serve, METRICS_DIR]);
  const withToken = [...serve, '--token-file', TOKEN_FILE, METRICS_DIR];
  t.deepEqual(compose().services.metrics.command, withToken);
  t.regex(imageEnvironment().PATH ?? '', /^\/app\/node_modules\/\.bin:/);
  t.is(dockerfile('WORKDIR').at(-1), '/app');
  const [program, ...args] = execStart('shop-metrics.service');
  t.is(program, '/opt/shop/node_modules/.bin/prom-multiproc');
  t.deepEqual(args.slice(0, 3), command?.slice(1, 4));
});

test('ports and labels that are named are there', (t) => {
  t.is(dockerfile('EXPOSE')[0], `3000 ${SIDECAR_PORT}`);
  const ports = [...application().ports, ...sidecar().ports];
  t.deepEqual(
    ports.map(({ name, containerPort }) => [name, String(containerPort)]),
    [
      ['http', '3000'],
      ['metrics', SIDECAR_PORT],
    ],
  );
  const { spec, metadata } = yaml<{
    metadata: { labels: object };
    spec: { selector: object; ports: { name: string; targetPort: string }[] };
  }>('kubernetes/service.yaml');
  const { labels } = deployment().spec.template.metadata;
  t.deepEqual(deployment().spec.selector.matchLabels, labels);
  t.deepEqual(spec.selector, labels);
  t.deepEqual(
    spec.ports.map(({ targetPort }) => targetPort),
    ports.map(({ name }) => name),
  );

  type Monitor<Endpoints extends string> = {
    spec: { selector: { matchLabels: object } } & Record<Endpoints, { port: string }[]>;
  };
  const ofPods = yaml<Monitor<'podMetricsEndpoints'>>('kubernetes/pod-monitor.yaml');
  t.deepEqual(ofPods.spec.selector.matchLabels, labels);
  t.true(ports.some(({ name }) => name === ofPods.spec.podMetricsEndpoints[0]?.port));
  const ofServices = yaml<Monitor<'endpoints'>>('kubernetes/service-monitor.yaml');
  t.deepEqual(ofServices.spec.selector.matchLabels, metadata.labels);
  t.true(spec.ports.some(({ name }) => name === ofServices.spec.endpoints[0]?.port));
});
