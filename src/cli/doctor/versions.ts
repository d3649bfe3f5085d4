import process from 'node:process';
import { KNOWN_VERSIONS } from '../../integrations/prom-client/known-versions.js';
import { VERSION } from '../../version.js';
import { PROGRAM } from '../output.js';
import { type Finding, note, ok, wrong } from './finding.js';
import { type InstalledPackage, installedCopies, loadableVersion } from './installed-packages.js';

const OLDEST_NODE_MAJOR = 20;

/** Versions of all that has a part in it, here and in the application of this directory. */
export function versionFindings(from: string): Finding[] {
  const names = new Set([PROGRAM, ...Object.keys(KNOWN_VERSIONS)]);
  const copies = installedCopies(from, names);
  return [
    nodeFinding(process.versions.node),
    ok('versions', `${PROGRAM} ${VERSION}, ${optional('koffi')}, ${optional('mmap-io')}`),
    ...ownFindings(copies.filter(({ name }) => name === PROGRAM)),
    ...copies.filter(({ name }) => name !== PROGRAM).map(clientFinding),
  ];
}

function nodeFinding(version: string): Finding {
  const major = Number(version.split('.', 1)[0]);
  if (major >= OLDEST_NODE_MAJOR) return ok('versions', `Node.js ${version}`);
  const advice = `use Node.js ${OLDEST_NODE_MAJOR} or newer`;
  return wrong('versions', `Node.js ${version}, which is too old`, advice);
}

function optional(name: string): string {
  const version = loadableVersion(name);
  return version === undefined ? `no ${name}` : `${name} ${version}`;
}

function ownFindings(copies: readonly InstalledPackage[]): Finding[] {
  const others = copies.filter(({ version }) => version !== VERSION);
  if (others.length === 0) return [];
  return [
    note(
      'versions',
      `besides ${VERSION}, which runs here, there is ${others.map(described).join(', ')}`,
      'install one version: npm ls prom-multiproc tells who asks for another',
    ),
  ];
}

function clientFinding(copy: InstalledPackage): Finding {
  const known = KNOWN_VERSIONS[copy.name as keyof typeof KNOWN_VERSIONS];
  if (known.test(copy.version)) return ok('versions', described(copy));
  return note(
    'versions',
    `${described(copy)}, which prom-multiproc/register does not know`,
    'its metrics stay those of one process: use a version that it knows, or the classes of prom-multiproc',
  );
}

function described({ name, version, path }: InstalledPackage): string {
  return `${name} ${version} in ${path}`;
}
