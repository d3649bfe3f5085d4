// A process that listens to pm2's bus, and makes no page.

import { createRequire } from 'node:module';
import process from 'node:process';
import { installPm2Hooks } from '../../src/integrations/pm2.js';

export type HookCommand =
  /** Answered when it is on the bus. */
  | { readonly do: 'install'; readonly given?: boolean }
  /** Answered with how many different functions there were to take off. */
  | { readonly do: 'uninstall' }
  /** What an application does that uses pm2 itself. */
  | { readonly do: 'disconnect the application' }
  /** Nothing but the hook keeps the process alive after the answer. */
  | { readonly do: 'let go' };

const installed: (() => void)[] = [];
const require = createRequire(import.meta.url);

process.on('message', async ({ id, command }: { id: number; command: HookCommand }) => {
  try {
    process.send?.({ id, value: await carryOut(command) });
  } catch (error) {
    const { name, message } = error as Error;
    process.send?.({ id, error: { name, message } });
  }
  if (command.do === 'let go') process.disconnect();
});

async function carryOut(command: HookCommand): Promise<unknown> {
  switch (command.do) {
    case 'install':
      installed.push(await installPm2Hooks(command.given ? { pm2: require('pm2') } : {}));
      return undefined;
    case 'uninstall': {
      const different = new Set(installed);
      for (const uninstall of installed.splice(0)) uninstall();
      return different.size;
    }
    case 'disconnect the application': {
      const pm2 = require('pm2');
      await new Promise((resolve) => pm2.launchBus(resolve));
      pm2.disconnect();
      return undefined;
    }
    case 'let go':
      return undefined;
  }
}
