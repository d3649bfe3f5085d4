import { threadState } from '../state.js';
import { threadShared } from '../thread-shared.js';
import { markEndedProcesses } from './mark.js';

export interface Pm2HookOptions {
  /** What `require('pm2')` gives, where the package cannot be imported from here: installed globally, say. */
  readonly pm2?: object | undefined;
  /** The directory, `PROMETHEUS_MULTIPROC_DIR` where not given. */
  readonly dir?: string | undefined;
}

/** What is used of the package. */
interface Pm2 {
  readonly custom: new () => Pm2Client;
}

interface Pm2Client {
  launchBus(ready: (error: Error | null, bus: Pm2Bus) => void): void;
  readonly Client: { readonly sub_sock: BusSocket };
}

interface Pm2Bus {
  on(event: 'process:event', listener: () => void): unknown;
}

/** Connects anew by itself until it is closed. */
interface BusSocket {
  on(event: 'connect', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): void;
}

/**
 * Marks processes dead as soon as pm2 says that one has exited, so that their live gauges
 * leave the page at once: restarted, reloaded, scaled away, stopped or killed, in cluster
 * mode and in fork mode. To be called once, in any one process that sees pm2's processes:
 * an instance of the application, or a process of its own.
 *
 * pm2's word is that something has ended; what has, by pid and start, is asked of the
 * system. So a pid or an instance's number that is used again does no harm, nor does a bus
 * that was lost for a while: when pm2 is there again, so is what was missed.
 *
 * Resolves when the bus is there, with a function that leaves it; waits where pm2 does not
 * run yet. A second call while the hook is on gives the same. As long as it is on, the
 * connection keeps the process alive.
 *
 * @throws Error when pm2 cannot be imported, or its bus refuses this user
 */
export function installPm2Hooks(options: Pm2HookOptions = {}): Promise<() => void> {
  const { installed } = hooks();
  const key = options.dir ?? '';
  let hook = installed.get(key);
  if (hook === undefined) {
    hook = attach(options, () => installed.delete(key));
    installed.set(key, hook);
    // Rejected or not, whoever asked is told; the next call tries again.
    hook.catch(() => installed.delete(key));
  }
  return hook;
}

/** By directory: two copies of the package install one hook. */
function hooks(): { readonly installed: Map<string, Promise<() => void>> } {
  return threadShared('pm2 hooks', () => ({ installed: new Map() }));
}

async function attach({ pm2, dir }: Pm2HookOptions, left: () => void): Promise<() => void> {
  // A client of its own: an application's `pm2.disconnect()` closes the one that all share.
  const { custom: Client } = (pm2 ?? (await importPm2())) as Pm2;
  const client = new Client();
  const mark = () => markEndedProcesses(dir);
  return new Promise((resolve, reject) => {
    let state: 'waiting' | 'on' | 'off' = 'waiting';
    client.launchBus((_error, bus) => {
      bus.on('process:event', mark);
      state = 'on';
      resolve(() => {
        if (state === 'off') return;
        state = 'off';
        left();
        socket.close();
      });
    });
    const socket = client.Client.sub_sock;
    socket.on('connect', () => {
      // What ended while there was nobody to hear of it.
      if (state === 'on') mark();
      // It was about to connect anew when the hook was taken off.
      if (state === 'off') socket.close();
    });
    socket.on('error', (error) => {
      if (state === 'on') threadState().report(error);
      if (state !== 'waiting') return;
      state = 'off';
      socket.close();
      reject(error);
    });
  });
}

async function importPm2(): Promise<unknown> {
  try {
    return (await import('pm2')).default;
  } catch (error) {
    throw new Error(
      `prom-multiproc/pm2 needs the package pm2, which cannot be imported here: install it, or give what require('pm2') gives as the option pm2`,
      { cause: error },
    );
  }
}
