import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { DirectoryError } from '../../errors.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORIES,
  DIRECTORY_ENTRY,
  type Invocation,
  USAGE_ENTRY,
} from '../command.js';
import { namedDirectories } from '../directories.js';
import { ExitCode } from '../exit-codes.js';
import { print, silenceWarnings } from '../output.js';
import { printable } from '../printable.js';
import { cut, type Drawing, loadDrawing } from '../terminal.js';
import { interval, nameList } from '../values.js';
import { endOf } from '../watch.js';
import { type Rates, ratesBetween } from './rates.js';
import { Screen } from './screen.js';
import { Observatory, type Snapshot } from './snapshot.js';
import { UNBOUNDED, view } from './view.js';

const DEFAULT_INTERVAL_MS = 2000;

export const top: CommandSpec = {
  name: 'top',
  summary: 'watch writers and the busiest series',
  description: [
    'Shows who writes into the directories, with state, age and the age of the last heartbeat, and the series that count fastest, and brings that up to date until q or Ctrl-C is typed.',
    'A rate is of the time since the last look: of a series, by what its counter rose, or how much it observed, per second; of a writer, the sum of both over all its series, or those of --names. It tells busy writers from idle ones.',
    'Where stdout is no terminal it looks twice, prints once and ends. Colours are left out where NO_COLOR is set.',
  ],
  argument: DIRECTORIES,
  options: [
    {
      flags: '-i, --interval <seconds>',
      meaning: 'between two looks (default 2)',
      parse: interval,
    },
    {
      flags: '-n, --names <names>',
      meaning: 'only these families, with commas between them',
      parse: nameList,
    },
  ],
  exits: [
    ['0', 'done, or told to end'],
    ['1', 'there is no terminal and no directory that can be read'],
    USAGE_ENTRY,
  ],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY, ['NO_COLOR', 'anything but empty: no colours']],
  examples: [
    ['prom-multiproc top /dev/shm/app', 'what is going on'],
    ['prom-multiproc top --names http_requests_total', 'which worker gets the requests'],
  ],
  run,
};

interface Options {
  readonly interval?: number;
  readonly names?: readonly string[];
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { interval: everyMs = DEFAULT_INTERVAL_MS, names } = invocation.options as Options;
  const observatory = new Observatory(namedDirectories(invocation), names);
  const drawing = await loadDrawing();
  try {
    if (process.stdout.isTTY && process.env.TERM !== 'dumb') {
      await new LiveView(observatory, drawing, everyMs).run();
    } else {
      await printOnce(observatory, drawing, everyMs);
    }
    return ExitCode.done;
  } finally {
    observatory.close();
  }
}

async function printOnce(
  observatory: Observatory,
  drawing: Drawing,
  everyMs: number,
): Promise<void> {
  const before = await observatory.look();
  await delay(everyMs);
  const now = await observatory.look();
  await print(`${view(now, ratesBetween(before, now), UNBOUNDED, drawing).join('\n')}\n`);
}

/** What is on the screen. */
class LiveView {
  readonly #observatory: Observatory;
  readonly #drawing: Drawing;
  readonly #everyMs: number;
  readonly #quit = new AbortController();
  readonly #screen: Screen;
  #shown: { readonly snapshot: Snapshot; readonly rates: Rates } | undefined;
  #trouble: string | undefined;

  constructor(observatory: Observatory, drawing: Drawing, everyMs: number) {
    this.#observatory = observatory;
    this.#drawing = drawing;
    this.#everyMs = everyMs;
    this.#screen = new Screen(drawing, {
      quit: () => this.#quit.abort(),
      resized: () => this.#draw(),
    });
  }

  async run(): Promise<void> {
    // They would be written over the screen; files that are skipped are counted on it.
    silenceWarnings();
    const told = endOf(['SIGINT', 'SIGTERM', 'SIGHUP']);
    told.addEventListener('abort', () => this.#quit.abort());
    this.#screen.open();
    try {
      while (!this.#quit.signal.aborted) {
        await this.#look();
        this.#draw();
        // Whoever quits ends the wait too.
        await delay(this.#everyMs, undefined, { signal: this.#quit.signal }).catch(() => undefined);
      }
    } finally {
      this.#screen.close();
    }
  }

  async #look(): Promise<void> {
    try {
      const snapshot = await this.#observatory.look();
      this.#shown = { snapshot, rates: ratesBetween(this.#shown?.snapshot, snapshot) };
      this.#trouble = undefined;
    } catch (error) {
      // The directory may come, or come back.
      if (!(error instanceof DirectoryError)) throw error;
      this.#trouble = error.message;
    }
  }

  #draw(): void {
    const { size } = this.#screen;
    const { colours, width } = this.#drawing;
    const trouble =
      this.#trouble === undefined
        ? []
        : [colours.red(cut(printable(this.#trouble), size.columns, width))];
    const rest = { ...size, rows: size.rows - trouble.length };
    const lines =
      this.#shown === undefined
        ? []
        : view(this.#shown.snapshot, this.#shown.rates, rest, this.#drawing);
    this.#screen.draw([...trouble, ...lines]);
  }
}
