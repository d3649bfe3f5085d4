import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePage, type Samples } from '../support/page.js';
import { environmentWith } from '../support/peer.js';
import type { RecordedProcess } from '../support/recorder.js';

/** A client of another language that keeps values in files, one or more a process. */
export interface Language {
  readonly name: string;
  /** Interpreters, of which the first that has the package serves. */
  readonly interpreters: readonly string[];
  /** A program that ends without an error where the package is there. */
  readonly probe: readonly string[];
  readonly extension: string;
  readonly install: string;
}

export const PYTHON: Language = {
  name: 'prometheus_client (Python)',
  // Another Python on the path does not see the modules of Debian's.
  interpreters: ['python3', '/usr/bin/python3'],
  probe: ['-c', 'import prometheus_client.multiprocess'],
  extension: 'py',
  install: 'apt-get install python3-prometheus-client',
};

export const RUBY: Language = {
  name: 'prometheus-client-mmap (Ruby)',
  interpreters: ['ruby'],
  probe: ['-e', 'require "prometheus/client"'],
  extension: 'rb',
  install: 'apt-get install ruby ruby-prometheus-client-mmap',
};

/** The interpreter that has the package; undefined where none does. */
export function interpreterOf({ interpreters, probe }: Language): string | undefined {
  return interpreters.find((interpreter) => spawnSync(interpreter, probe).status === 0);
}

/** Files of another client that hold the same as a workload's processes wrote. */
export class LanguageFiles {
  readonly version: string;
  readonly #root = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  readonly #run: (program: string, ...args: string[]) => string;

  constructor(
    { name, extension }: Language,
    interpreter: string,
    processes: readonly RecordedProcess[],
  ) {
    this.#run = (program, ...args) => {
      const path = new URL(`../../../bench/peers/${program}.${extension}`, import.meta.url);
      const { status, signal, stdout, stderr, error } = spawnSync(
        interpreter,
        [fileURLToPath(path), ...args],
        { encoding: 'utf8', env: environmentWith({}) },
      );
      if (error !== undefined) throw error;
      if (status !== 0) throw new Error(`${name}, ${program}: ${signal ?? status}: ${stderr}`);
      return stdout.trim();
    };
    mkdirSync(this.#directory);
    const data = join(this.#root, 'data.json');
    writeFileSync(data, JSON.stringify(asData(processes)));
    this.version = this.#run('write', data, this.#directory);
  }

  /** The milliseconds of a fresh interpreter's scrapes, and the last one's page. */
  scrape(rounds: number): { readonly ms: number[]; readonly samples: Samples } {
    const page = join(this.#root, 'page');
    const ms = JSON.parse(this.#run('scrape', this.#directory, String(rounds), page)) as number[];
    return { ms, samples: parsePage(readFileSync(page, 'utf8')) };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  get #directory(): string {
    return join(this.#root, 'files');
  }
}

/** Names and labels once, since all processes have the same, and the values of each. */
function asData(processes: readonly RecordedProcess[]): object {
  const metrics = processes[0]?.metrics ?? [];
  return {
    metrics: metrics.map(({ series, ...metric }) => ({
      ...metric,
      series: series.map(([labels]) => labels),
    })),
    processes: processes.map(({ live, metrics }) => ({
      live,
      values: metrics.map(({ series }) => series.map(([, values]) => values)),
    })),
  };
}
