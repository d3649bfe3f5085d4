import process from 'node:process';
import { emitKeypressEvents } from 'node:readline';
import type { Drawing } from '../terminal.js';
import type { Size } from './view.js';

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

export interface ScreenEvents {
  quit(): void;
  resized(): void;
}

const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

/** The whole terminal, until it is given back as it was. */
export class Screen {
  readonly #drawing: Drawing;
  readonly #events: ScreenEvents;
  readonly #onKey = (_text: string | undefined, { name, ctrl }: Key): void => {
    if (name === 'q' || (ctrl === true && name === 'c')) this.#events.quit();
  };
  readonly #restore = (): void => {
    const { escapes } = this.#drawing;
    process.stdout.write(escapes.cursorShow + escapes.exitAlternativeScreen);
  };

  constructor(drawing: Drawing, events: ScreenEvents) {
    this.#drawing = drawing;
    this.#events = events;
  }

  get size(): Size {
    // A terminal that does not know its size says 0.
    const { columns, rows } = process.stdout;
    return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
  }

  open(): void {
    const { escapes } = this.#drawing;
    process.stdout.write(escapes.enterAlternativeScreen + escapes.cursorHide);
    // However the process ends, the terminal is its user's again.
    process.once('exit', this.#restore);
    process.stdout.on('resize', this.#events.resized);
    if (!process.stdin.isTTY) return;
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', this.#onKey);
    process.stdin.resume();
  }

  /** Draws over what is there, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    const { escapes } = this.#drawing;
    const text = lines.map((line) => line + escapes.eraseEndLine).join('\r\n');
    process.stdout.write(escapes.cursorTo(0, 0) + text + escapes.eraseDown);
  }

  close(): void {
    process.stdout.off('resize', this.#events.resized);
    if (process.stdin.isTTY) {
      process.stdin.setRawMode(false);
      process.stdin.off('keypress', this.#onKey);
      process.stdin.pause();
    }
    process.off('exit', this.#restore);
    this.#restore();
  }
}
