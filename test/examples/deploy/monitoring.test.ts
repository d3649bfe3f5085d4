// Prometheus, Alertmanager and Grafana of compose.yaml: what is mounted is there, and each
// finds at its paths what it is told to read.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { type Teardown, temporaryDirectory } from '../../helpers/temporary-directory.js';
import { compose, folder, type ServiceName, TOKEN_FILE, text } from './manifests.js';

interface Mount {
  readonly source: string;
  readonly target: string;
}

/** What a service has of this machine. */
function mountsOf(name: ServiceName): Mount[] {
  return compose()
    .services[name].volumes.filter((volume) => volume.startsWith('.'))
    .map((volume) => {
      const [source = '', target = '', mode] = volume.split(':');
      if (mode !== 'ro') throw new Error(`${volume} can be written`);
      return { source: path.join(folder, source), target };
    });
}

/** A directory that has below it what a service has below `/`. */
function rootOf(t: Teardown, name: ServiceName): string {
  const root = temporaryDirectory(t);
  for (const { source, target } of mountsOf(name)) {
    mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
    cpSync(source, path.join(root, target), { recursive: true });
  }
  for (const secret of compose().services[name].secrets ?? []) {
    if (typeof secret !== 'string') writeFileSync(path.join(root, secret.target), 'a-token');
  }
  return root;
}

/** The value of a service's option `--name=value`. */
function option(service: ServiceName, name: string): string {
  const begin = `--${name}=`;
  const word = compose().services[service].command?.find((each) => each.startsWith(begin));
  if (word === undefined) throw new Error(`${service} has no ${begin}`);
  return word.slice(begin.length);
}

function yamlBelow<T>(root: string, file: string): T {
  return parse(readFileSync(path.join(root, file), 'utf8')) as T;
}

/** Where a service is reached by others: its name, and the port that it is published from. */
function addressOf(name: ServiceName): string {
  return `${name}:${compose().services[name].ports[0]?.split(':').at(-1)}`;
}

interface PrometheusFile {
  readonly global: { readonly scrape_interval: string };
  readonly alerting: {
    readonly alertmanagers: readonly {
      readonly static_configs: readonly { readonly targets: readonly string[] }[];
    }[];
  };
}

interface DataSources {
  readonly datasources: readonly {
    readonly type: string;
    readonly url: string;
    readonly isDefault?: boolean;
    readonly jsonData: { readonly timeInterval?: string };
  }[];
}

test('promtool finds no fault with what the container of Prometheus would read', (t) => {
  const root = rootOf(t, 'prometheus');
  const file = path.join(root, option('prometheus', 'config.file'));
  const output = execFileSync('promtool', ['check', 'config', file]).toString();
  t.regex(output, /SUCCESS: 5 rule files found/);
});

test('amtool finds no fault with what the container of Alertmanager would read', (t) => {
  const root = rootOf(t, 'alertmanager');
  const file = path.join(root, option('alertmanager', 'config.file'));
  t.regex(execFileSync('amtool', ['check-config', file]).toString(), /SUCCESS/);
});

test('services find each other by name and port', (t) => {
  const prometheus = rootOf(t, 'prometheus');
  const targets = yamlBelow<{ targets: string[] }[]>(prometheus, 'etc/prometheus/targets/shop.yml');
  t.deepEqual(targets, [{ targets: [addressOf('metrics')] }]);
  const file = yamlBelow<PrometheusFile>(prometheus, option('prometheus', 'config.file'));
  t.deepEqual(file.alerting.alertmanagers, [
    { static_configs: [{ targets: [addressOf('alertmanager')] }] },
  ]);

  const grafana = rootOf(t, 'grafana');
  const provisioning = 'etc/grafana/provisioning/datasources';
  const [name = ''] = readdirSync(path.join(grafana, provisioning));
  const { datasources } = yamlBelow<DataSources>(grafana, `${provisioning}/${name}`);
  t.deepEqual(
    datasources.map(({ type, url }) => [type, url]),
    [
      ['prometheus', `http://${addressOf('prometheus')}`],
      ['alertmanager', `http://${addressOf('alertmanager')}`],
    ],
  );
  t.like(datasources[0], {
    isDefault: true,
    jsonData: { timeInterval: file.global.scrape_interval },
  });
});

test('Grafana finds the dashboards where its provider looks, and the first page', (t) => {
  const root = rootOf(t, 'grafana');
  const provisioning = 'etc/grafana/provisioning/dashboards';
  const [name = ''] = readdirSync(path.join(root, provisioning));
  const { providers } = yamlBelow<{ providers: { type: string; options: { path: string } }[] }>(
    root,
    `${provisioning}/${name}`,
  );
  t.is(providers.length, 1);
  t.is(providers[0]?.type, 'file');
  const found = path.join(root, providers[0]?.options.path as string);
  t.deepEqual(readdirSync(found), ['overview.json', 'requests.json', 'runtime.json', 'store.json']);
  const { environment = {} } = compose().services.grafana;
  const home = environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH as string;
  t.true(existsSync(path.join(root, home)), home);
});

test('one token is asked for and sent, and is not committed', (t) => {
  const { services, secrets } = compose();
  const [name = '', ...more] = Object.keys(secrets);
  t.deepEqual(more, []);
  t.is(TOKEN_FILE, `/run/secrets/${name}`);
  t.deepEqual(services.metrics.secrets, [name]);
  t.deepEqual(services.prometheus.secrets, [{ source: name, target: '/etc/prometheus/token' }]);
  const file = path.normalize(secrets[name]?.file as string);
  t.true(text('.gitignore').split('\n').includes(file));
  t.regex(text('README.md'), new RegExp(`^openssl rand .* >${file}$`, 'm'));
});

test('nothing is published beyond this machine, no port twice, and volumes that are named are there', (t) => {
  const { services, volumes } = compose();
  const ports = Object.values(services).flatMap((service) => service.ports);
  const published = ports.map((port) => port.split(':').slice(0, 2).join(':'));
  for (const port of published) t.regex(port, /^127\.0\.0\.1:\d+$/);
  t.is(new Set(published).size, published.length);
  const named = Object.values(services)
    .flatMap((service) => service.volumes)
    .filter((volume) => !volume.startsWith('.'))
    .map((volume) => volume.split(':')[0] as string);
  t.deepEqual([...new Set(named)].sort(), Object.keys(volumes).sort());
});
