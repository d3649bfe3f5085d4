// Requests to `cluster-server` of which it is known when each was sent and answered, and
// what it must have counted.

import { ask } from '../helpers/http.js';

/** Requests of one kind: their durations are spread evenly between two bounds. */
export interface Kind {
  readonly method: string;
  readonly path: string;
  readonly seconds: readonly [above: number, upTo: number];
}

interface Sent {
  readonly kind: Kind;
  readonly seconds: number;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** Multiples of it, without their whole part, lie evenly however many there are. */
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

export class KnownTraffic {
  readonly #url: string;
  readonly #sent: Sent[] = [];
  readonly #counts = new Map<Kind, number>();

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Sends a request of each kind, all at once; resolves when every one is answered. */
  async sendEach(kinds: readonly Kind[]): Promise<void> {
    await Promise.all(kinds.map((kind) => this.#send(kind)));
  }

  /** How many of a kind were answered before a time: all of them are counted by then. */
  answeredBefore(kind: Kind, timeMs: number): number {
    return this.#of(kind).filter(({ answeredMs }) => answeredMs < timeMs).length;
  }

  /** How many of a kind were sent until a time: no more are counted by then. */
  sentUntil(kind: Kind, timeMs: number): number {
    return this.#of(kind).filter(({ sentMs }) => sentMs <= timeMs).length;
  }

  /** The durations that were sent after a time, the shortest first. */
  secondsSince(timeMs: number, kind?: Kind): number[] {
    const sent = kind === undefined ? this.#sent : this.#of(kind);
    return sent
      .filter(({ sentMs }) => sentMs > timeMs)
      .map(({ seconds }) => seconds)
      .sort((a, b) => a - b);
  }

  #of(kind: Kind): Sent[] {
    return this.#sent.filter((sent) => sent.kind === kind);
  }

  async #send(kind: Kind): Promise<void> {
    const { method, path } = kind;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const [above, upTo] = kind.seconds;
    const seconds = upTo - (upTo - above) * ((count * GOLDEN_RATIO) % 1);
    const sentMs = Date.now();
    const { status } = await ask(`${this.#url}${path}?seconds=${seconds}`, { method });
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}`);
    this.#sent.push({ kind, seconds, sentMs, answeredMs: Date.now() });
  }
}
