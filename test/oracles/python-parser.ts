import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { SampleExemplar } from '../../src/index.js';
import type { Teardown } from '../helpers/temporary-directory.js';

const SCRIPT = fileURLToPath(new URL('../../../test/oracles/parse-pages.py', import.meta.url));

/** Debian's own: another Python on PATH does not see the package python3-prometheus-client. */
const PYTHON = '/usr/bin/python3';

export interface PageToParse {
  readonly format: 'text' | 'openmetrics';
  readonly page: string;
}

export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly exemplar?: SampleExemplar;
  }[];
}

type Labels = Record<string, string>;
/** Labels, value and timestamp. */
type AnsweredExemplar = readonly [Labels, string, string];

type Answer =
  | { readonly error: string }
  | {
      readonly families: readonly (Omit<ParsedFamily, 'samples'> & {
        readonly samples: readonly [string, Labels, string, AnsweredExemplar | null][];
      })[];
    };

/** A Python process that parses one page after the other. */
export class PythonParser {
  readonly #python: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(t: Teardown) {
    this.#python = spawn(PYTHON, [SCRIPT], {
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#python.stdout })[Symbol.asyncIterator]();
    const closed = once(this.#python, 'close');
    t.teardown(async () => {
      this.#python.stdin.end();
      await closed;
    });
  }

  /** What the Python client's parser makes of a page. Throws when it refuses it. */
  async parse(page: PageToParse): Promise<readonly ParsedFamily[]> {
    this.#python.stdin.write(`${JSON.stringify(page)}\n`);
    const { done, value: line } = await this.#answers.next();
    if (done) throw new Error(`${PYTHON} ended: it needs the package python3-prometheus-client`);
    const answer = JSON.parse(line) as Answer;
    if ('error' in answer) throw new Error(`${answer.error} in:\n${page.page}`);
    return answer.families.map((family) => ({
      ...family,
      samples: family.samples.map(([name, labels, hex, exemplar]) => ({
        name,
        labels,
        value: fromHex(hex),
        ...(exemplar === null ? {} : { exemplar: toExemplar(exemplar) }),
      })),
    }));
  }
}

function toExemplar([labels, value, timestamp]: AnsweredExemplar): SampleExemplar {
  return { labels, value: fromHex(value), timestampSeconds: fromHex(timestamp) };
}

/** Python's `float.hex()`: sign, `0x`, one digit, fraction, `p`, binary exponent. */
function fromHex(text: string): number {
  const match = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text);
  if (match === null) {
    const named = {
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
      '-inf': Number.NEGATIVE_INFINITY,
    };
    const value = named[text as keyof typeof named];
    if (value === undefined) throw new Error(`not a number of Python's: ${text}`);
    return value;
  }
  const [, sign, whole, fraction = '', exponent] = match;
  const digits = Number.parseInt(`${whole}${fraction}`, 16);
  // In two steps: 2 ** -1074 is a float64, 2 ** -1126 is not.
  const power = Number(exponent);
  const value = digits * 2 ** (-4 * fraction.length) * 2 ** power;
  return sign === '-' ? -value : value;
}
