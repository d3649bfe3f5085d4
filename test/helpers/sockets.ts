import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to the server of a URL, with what it has received. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the server has closed it, however. */
  readonly closed: Promise<void>;
  #received = '';

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      // A reset closes it as well.
      this.socket.once('error', () => resolve());
    });
  }

  get received(): string {
    return this.#received;
  }

  async opened(): Promise<void> {
    if (this.socket.connecting) await once(this.socket, 'connect');
  }

  /** Sends a whole request and resolves when its answer begins. */
  async get(path: string): Promise<void> {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(this.socket, 'data');
  }
}
