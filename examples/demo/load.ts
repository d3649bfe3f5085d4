import { Agent } from 'node:http';
import { request } from './request.js';

const CONNECTIONS = 32;
/** Every so many requests one goes to a path that does not exist. */
const MISSING_EVERY = 50;
const ITEMS = 200;

/** Sends `count` requests over several connections at once; returns how many each process answered. */
export async function load(port: number, count: number): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answered = new Map<number, number>();
  let sent = 0;
  const sendInTurn = async (): Promise<void> => {
    while (sent < count) {
      const number = sent++;
      const path = number % MISSING_EVERY === 0 ? '/missing' : `/items/${number % ITEMS}`;
      const { pid } = await request(port, path, agent);
      answered.set(pid, (answered.get(pid) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendInTurn));
  agent.destroy();
  return answered;
}
