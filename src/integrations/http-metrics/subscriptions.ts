import { subscribe, unsubscribe } from 'node:diagnostics_channel';

type Listener = (message: unknown) => void;

/**
 * Subscriptions to channels. What a listener throws is passed to `failed`: a channel
 * would end the process with it.
 */
export class Subscriptions {
  readonly failed: (error: unknown) => void;
  readonly #stops: (() => void)[] = [];

  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  on(channel: string, listen: Listener): void {
    const listener = this.guard(listen);
    subscribe(channel, listener);
    this.#stops.push(() => unsubscribe(channel, listener));
  }

  /** The function, whose errors cost its caller nothing. */
  guard<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        call(...args);
      } catch (error) {
        this.failed(error);
      }
    };
  }

  /** Calls the function when all is over. */
  onStop(undo: () => void): void {
    this.#stops.push(undo);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
