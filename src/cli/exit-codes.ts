/** What the program's exit code says: the same for every command, and part of its contract. */
export const ExitCode = {
  done: 0,
  /** It could not be done, or what was looked at is not as it should be. */
  failed: 1,
  /** The command line cannot be understood: nothing was begun. */
  usage: 2,
  /** It was not done because it would harm, or nobody said yes. */
  refused: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command with one line on stderr and this exit code. */
export class CommandFailure extends Error {
  override name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
