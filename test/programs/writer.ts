// Makes metrics, updates and collects them as the test says, as a process or as a
// worker thread.

import process from 'node:process';
import { isMainThread, type MessagePort, parentPort } from 'node:worker_threads';
import { serveCommands } from '../helpers/commands.js';

if (isMainThread) {
  serveCommands({
    on: (_event, listener) => process.on('message', listener as (message: unknown) => void),
    send: (message) => process.send?.(message),
  });
} else {
  const port = parentPort as MessagePort;
  serveCommands({
    on: (_event, listener) => port.on('message', listener as (message: unknown) => void),
    send: (message) => port.postMessage(message),
  });
}
