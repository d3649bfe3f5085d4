import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ThreadState, threadState } from '../state.js';
import { Intake } from './intake.js';
import {
  DRAIN_MS,
  IDLE_MS,
  MAX_CONNECTIONS,
  MAX_PORT_ATTEMPTS,
  RECEIVE_BUFFER_BYTES,
} from './limits.js';
import { LineStream, takeLines } from './lines.js';
import type { Mapping } from './mapping.js';

export interface StatsdListenerOptions {
  /** Of both UDP and TCP; 0 for one that the system gives. */
  readonly port: number;
  readonly host: string;
  readonly mapping: Mapping;
  /** Milliseconds of silence after which a TCP connection is closed. Default ten minutes. */
  readonly idleMs?: number;
}

interface Sockets {
  readonly tcp: Server;
  readonly udp: UdpSocket;
}

/** Takes lines by UDP and TCP, and counts them in this thread's store. */
export class StatsdListener {
  readonly #state: ThreadState;
  readonly #intake: Intake;
  readonly #idleMs: number;
  #sockets: Sockets;
  readonly #connections = new Set<Socket>();
  /** Pieces of either protocol so far: while it grows, there is something left to read. */
  #received = 0;

  private constructor(family: number, { mapping, idleMs = IDLE_MS }: StatsdListenerOptions) {
    this.#state = threadState();
    this.#intake = new Intake(this.#state, mapping);
    this.#idleMs = idleMs;
    this.#sockets = this.#makeSockets(family);
  }

  /** @throws what listening throws, such as `EADDRINUSE` */
  static async start(options: StatsdListenerOptions): Promise<StatsdListener> {
    const { address, family } = await lookup(options.host);
    const listener = new StatsdListener(family, options);
    await listener.#listen(options.port, address, family);
    return listener;
  }

  /** Host and port as in a URL. */
  get authority(): string {
    const { address, family, port } = this.#sockets.tcp.address() as AddressInfo;
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Counts what has arrived, and ends. */
  async close(): Promise<void> {
    const { tcp, udp } = this.#sockets;
    const ended = [once(tcp, 'close'), once(udp, 'close')];
    tcp.close();
    const latest = performance.now() + DRAIN_MS;
    for (let before = -1; before !== this.#received && performance.now() < latest; ) {
      before = this.#received;
      // One turn may have begun before what arrived since was looked for; the next has not.
      await nextTurn();
      await nextTurn();
    }
    udp.close();
    for (const socket of this.#connections) socket.destroy();
    await Promise.all(ended);
    this.#state.store.flush();
  }

  async #listen(port: number, host: string, family: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { tcp, udp } = this.#sockets;
      try {
        tcp.listen({ port, host });
        await once(tcp, 'listening');
        udp.bind((tcp.address() as AddressInfo).port, host);
        await once(udp, 'listening');
        break;
      } catch (error) {
        udp.close();
        tcp.close();
        // The system gave a port that was free for TCP alone.
        const mayTryAgain = port === 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (!mayTryAgain || attempt === MAX_PORT_ATTEMPTS) throw error;
        this.#sockets = this.#makeSockets(family);
      }
    }
    for (const socket of [this.#sockets.tcp, this.#sockets.udp]) {
      socket.on('error', (error) => this.#state.report(error));
    }
  }

  #makeSockets(family: number): Sockets {
    const tcp = createServer();
    tcp.maxConnections = MAX_CONNECTIONS;
    tcp.on('connection', (socket) => this.#accept(socket));
    tcp.on('drop', () => this.#intake.refuse('connection_limit'));
    const type = family === 6 ? 'udp6' : 'udp4';
    const udp = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
    udp.on('message', (datagram) => {
      this.#received++;
      this.#intake.counts.packets.add();
      takeLines(datagram, this.#intake);
    });
    return { tcp, udp };
  }

  #accept(socket: Socket): void {
    this.#intake.counts.connections.add();
    this.#connections.add(socket);
    const lines = new LineStream(this.#intake);
    socket.setTimeout(this.#idleMs, () => socket.destroy());
    socket.on('data', (piece) => {
      this.#received++;
      lines.push(piece);
    });
    socket.on('end', () => lines.end());
    // A client that is gone is its own affair: what it sent whole is counted.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#connections.delete(socket);
      lines.breakOff();
    });
  }
}
