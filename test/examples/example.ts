// The examples as their READMEs start them. Needs dist/ (`npm run build`).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Program, root, startProgram } from '../docs/program.js';
import { eventually } from '../helpers/application.js';
import { ask } from '../helpers/http.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

export const WORKERS = 3;

export type Samples = Readonly<Record<string, number>>;

/** An example, with a directory for its metrics; `dir` where it has been put elsewhere. */
export class Example {
  readonly dir: string;
  readonly metricsDir: string;
  readonly commands: readonly (readonly string[])[];
  readonly #t: Teardown;

  constructor(t: Teardown, name: string, dir = path.join(root, 'examples', name)) {
    this.#t = t;
    this.dir = dir;
    this.metricsDir = temporaryDirectory(t);
    const readme = readFileSync(path.join(this.dir, 'README.md'), 'utf8');
    const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(readme) ?? [];
    this.commands = block
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/\/dev\/shm\/\w+/g, this.metricsDir).split(' '));
    if (this.commands.length !== 2) throw new Error(`examples/${name}: not two commands`);
  }

  /** Starts the first or second command of the README, in the example's folder. */
  start(backend: string, which: 0 | 1 = 0): Program {
    const words = this.commands[which] as readonly string[];
    const at = words.indexOf('node');
    if (at === -1) throw new Error(`not a command that starts Node.js: ${words.join(' ')}`);
    const given = words.slice(0, at).map((word) => word.split('='));
    const env = {
      ...Object.fromEntries(given),
      PROMETHEUS_MULTIPROC_BACKEND: backend,
      WORKERS: `${WORKERS}`,
      PORT: '0',
    };
    return startProgram(this.#t, words.slice(at + 1), env, this.dir);
  }
}

/** Where an example's workers listen, once all of them do. */
export async function urlOf(program: Program): Promise<string> {
  const listening = /on (http:\S+)\n/.source;
  const others = `(?:(?:.*\\n)*?.*${/on http:\S+\n/.source})`.repeat(WORKERS - 1);
  const [, url = ''] = await program.prints(new RegExp(listening + others));
  return url;
}

/** The body of an answer with status 200. */
export async function get(url: string | URL): Promise<string> {
  // A connection for each request: a primary hands them out in turn.
  const { status, body } = await ask(`${url}`);
  if (status !== 200) throw new Error(`${url}: ${status} ${body}`);
  return body;
}

/**
 * Waits until a page has these samples: some counts come after the response, and the
 * `file` backend writes at the end of a turn.
 */
export function settles(url: string | URL, expected: Samples): Promise<void> {
  return eventually(async () => {
    const samples = samplesByKey(await get(url));
    const wrong = Object.entries(expected).find(([key, value]) => samples[key] !== value);
    if (wrong === undefined) return undefined;
    return `${wrong[0]} is ${samples[wrong[0]]} and not ${wrong[1]}`;
  });
}
