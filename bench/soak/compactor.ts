/** A compactor of the soak: compacts without pause until it is killed, in the middle of whatever it does. */

import { setImmediate } from 'node:timers/promises';
import { compact } from '../../src/index.js';

process.send?.('ready');
for (;;) {
  await compact();
  await setImmediate();
}
