import type { WriterIdentity } from '../../format/header.js';
import type { FileReport } from '../inspect/file-report.js';
import { counted } from '../units.js';
import { type Finding, note, ok, wrong } from './finding.js';

/** Who writes here, from where, and with what. */
export function writerFindings(files: readonly FileReport[], self: WriterIdentity): Finding[] {
  const writers = files.filter(({ kind }) => kind === 'writer');
  const count = (wanted: FileReport['liveness']) =>
    writers.filter(({ liveness }) => liveness === wanted).length;
  const states = `${count('live')} live, ${count('hidden')} hidden, ${count('dead')} dead`;
  return [
    ok('writers', `${counted(writers.length, 'writer')}: ${states}`),
    ...backendFindings(writers),
    ...namespaceFindings(writers, self),
    ...machineFindings(writers, self),
  ];
}

function backendFindings(writers: readonly FileReport[]): Finding[] {
  const flushed = writers.filter(
    ({ header, liveness }) => header.backend === 'file' && liveness !== 'dead',
  );
  if (flushed.length === 0) return [];
  return [
    note(
      'writers',
      `${counted(flushed.length, 'writer')} on the file backend`,
      'install koffi where they run: SIGKILL then loses nothing',
    ),
  ];
}

/** Of one kernel, but not of this pid namespace: other containers. */
function namespaceFindings(writers: readonly FileReport[], self: WriterIdentity): Finding[] {
  const here = writers.filter(({ header }) => header.bootId === self.bootId);
  const inside = here.filter(({ header }) => header.pidNamespace === self.pidNamespace);
  const others = here.filter(
    ({ header, liveness }) => header.pidNamespace !== self.pidNamespace && liveness !== 'dead',
  );
  if (others.length === 0) {
    return here.length === 0
      ? []
      : [
          ok(
            'pid namespaces',
            `${counted(inside.length, 'writer')} in this one, ${self.pidNamespace}`,
          ),
        ];
  }
  const namespaces = [...new Set(others.map(({ header }) => header.pidNamespace))].join(', ');
  const says = `${counted(others.length, 'writer')} in others: ${namespaces}`;
  if (others.every(({ header }) => header.locked)) {
    return [ok('pid namespaces', `${says}; their locks tell whether they live`)];
  }
  return [
    note(
      'pid namespaces',
      `${says}; of some only the heartbeat tells whether they live`,
      'use the mmap backend there, which locks; else deaths are noticed after a minute of silence',
    ),
  ];
}

function machineFindings(writers: readonly FileReport[], self: WriterIdentity): Finding[] {
  const others = writers.filter(({ header }) => header.bootId !== self.bootId);
  if (others.length === 0) return [];
  const earlier = others.filter(({ header }) => header.host === self.host);
  const elsewhere = others.filter(({ header }) => header.host !== self.host);
  return [
    ...(earlier.length === 0
      ? []
      : [
          note(
            'leftovers',
            `${counted(earlier.length, 'writer')} from before this machine was started`,
            'they are folded away a day after their last sign of life; prom-multiproc clean in the start script begins at zero',
          ),
        ]),
    ...(elsewhere.length === 0 ? [] : [elsewhereFinding(elsewhere)]),
  ];
}

function elsewhereFinding(writers: readonly FileReport[]): Finding {
  const hosts = [...new Set(writers.map(({ header }) => header.host || 'unknown'))].join(', ');
  return wrong(
    'writers',
    `${counted(writers.length, 'writer')} of other machines: ${hosts}`,
    'give each machine a directory of its own, and scrape each: neither mapped memory nor locks are shared between machines',
  );
}
