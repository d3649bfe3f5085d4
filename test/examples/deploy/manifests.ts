// The files of examples/deploy, as data.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { parse } from 'yaml';
import { root } from '../../docs/program.js';

export const folder = path.join(root, 'examples/deploy');

/** Where the image's user writes, as every manifest must say it. */
export const METRICS_DIR = '/run/prom-multiproc';

export function text(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

/** A file of YAML with anchors, aliases and merge keys resolved. */
export function yaml<T>(file: string): T {
  // Without what the parser keeps of anchors: plain data.
  return JSON.parse(JSON.stringify(parse(text(file), { merge: true, strict: true }))) as T;
}

/** Where the sidecar of the Compose file finds the token that it asks for. */
export const TOKEN_FILE = '/run/secrets/metrics-token';

export type ServiceName = 'app' | 'metrics' | 'prometheus' | 'alertmanager' | 'grafana';

export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface Compose {
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: { readonly metrics: { readonly driver_opts: Record<string, string> } };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface Deployment {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly volumes: readonly { readonly name: string; readonly emptyDir?: object }[];
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
      };
    };
  };
}

export const compose = (): Compose => yaml('compose.yaml');
export const deployment = (): Deployment => yaml('kubernetes/deployment.yaml');

/** What the Dockerfile's instructions of one kind say, flags too, in order. */
export function dockerfile(keyword: string): string[] {
  return DockerfileParser.parse(text('Dockerfile'))
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getTextContent().slice(keyword.length).trim());
}

/** What the image's environment sets. */
export function imageEnvironment(): Record<string, string> {
  const settings = dockerfile('ENV').flatMap((line) => line.split(/[\s\\]+/));
  return Object.fromEntries(settings.map((setting) => setting.split('=') as [string, string]));
}

/** The command lines of a unit of systemd, as words. */
export function execStart(unit: string): string[] {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(text(`systemd/${unit}`)) ?? [];
  return line.split(' ');
}
