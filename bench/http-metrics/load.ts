import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connections at once: enough to keep a server busy. */
const CONNECTIONS = 16;

const BODY_END = 'Hello\n';

/** Asks a server so many times, over connections that stay open, and gives the seconds that took. */
export async function load(port: number, path: string, requests: number): Promise<number> {
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay();
      await once(socket, 'connect');
      return socket.setEncoding('latin1');
    }),
  );
  const bytes = `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`;
  const start = performance.now();
  let left = requests;
  await Promise.all(sockets.map((socket) => keepAsking(socket, bytes, () => left-- > 0)));
  return (performance.now() - start) / 1000;
}

/** Sends one request after the other as long as there are more. */
function keepAsking(socket: Socket, bytes: string, more: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = '';
    socket.on('data', (text: string) => {
      tail = (tail + text).slice(-BODY_END.length - '\r\n0\r\n\r\n'.length);
      if (!tail.includes(BODY_END)) return;
      tail = '';
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    next();

    function next(): void {
      if (more()) socket.write(bytes);
      else socket.end();
    }
  });
}
