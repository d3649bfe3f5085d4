import type { Server } from 'node:net';
import { errorCode } from '../errors.js';
import { TAKE_OVER_MS } from '../limits.js';

export interface PortOptions {
  readonly port: number;
  readonly host: string;
  /** Waits for the port as long as another process has it. */
  readonly takeOver: boolean;
  /** Told of what keeps it from taking over, other than that the port is taken. */
  readonly onError: (error: unknown) => void;
}

/** Gets a server its port: at once, or when whoever has it is gone. */
export class Port {
  readonly #server: Server;
  readonly #options: PortOptions;
  #timer: NodeJS.Timeout | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(server: Server, options: PortOptions) {
    this.#server = server;
    this.#options = options;
  }

  /**
   * Resolves when the server listens, or waits for another process's end.
   *
   * @throws what listening throws, but for a port that may be taken over
   */
  async begin(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      if (!this.#options.takeOver || !isTaken(error)) throw error;
      this.#tryLater();
    }
  }

  /** Gives up waiting. What is listened on is the server's to close. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#attempt;
  }

  #tryLater(): void {
    if (this.#stopped) return;
    // Whoever dies frees the port and tells nobody: asking costs a few system calls.
    this.#timer = setTimeout(() => {
      this.#attempt = this.#listen().catch((error: unknown) => {
        if (!isTaken(error)) this.#options.onError(error);
        this.#tryLater();
      });
    }, TAKE_OVER_MS).unref();
  }

  #listen(): Promise<void> {
    const { port, host, takeOver } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        this.#server.off('error', settle);
        this.#server.off('listening', settle);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#server.on('error', settle);
      this.#server.on('listening', settle);
      // In a cluster's worker the primary would give the port to all.
      this.#server.listen({ port, host, exclusive: takeOver });
    });
  }
}

function isTaken(error: unknown): boolean {
  return errorCode(error) === 'EADDRINUSE';
}
