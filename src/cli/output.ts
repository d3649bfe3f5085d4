import { once } from 'node:events';
import process from 'node:process';
import { printable } from './printable.js';

export const PROGRAM = 'prom-multiproc';

/** Writes to stdout; resolves when there is room for more. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** One line on stderr, whatever is in the message. */
export function complain(message: string): void {
  process.stderr.write(`${PROGRAM}: ${printable(message.replace(/\s*\n\s*/g, ' '))}\n`);
}

/** Makes warnings of the library lines of this program, and ends it when nobody reads it any more. */
export function connectStreams(): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => complain(`warning: ${message}`));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // As `head` does when it has seen enough.
    if (error.code === 'EPIPE') process.exit();
    complain(`cannot write to standard output: ${error.message}`);
    process.exit(1);
  });
}

/** For commands that show what the library warns of themselves. */
export function silenceWarnings(): void {
  process.removeAllListeners('warning');
  // Without any listener Node.js prints them itself.
  process.on('warning', () => {});
}
