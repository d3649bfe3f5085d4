// Required into every process of an application, which knows nothing of it: tells the test
// what happens there, and in each response which process it comes from.
const cluster = require('node:cluster');
const { subscribe } = require('node:diagnostics_channel');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  subscribe('http.server.request.start', ({ response }) => {
    response.setHeader('x-process', process.pid);
  });
  subscribe('http.server.response.finish', () => {
    // Whoever waits for the end of the response, and what is written once in a turn of the
    // event loop, comes before.
    setImmediate(() => setImmediate(() => process.send({ answered: process.pid })));
  });
  if (cluster.isPrimary) {
    cluster.on('listening', ({ process: { pid } }, { port }) => {
      process.send({ listening: pid, port });
    });
    cluster.on('exit', ({ process: { pid } }) => process.send({ exited: pid }));
    cluster.on('message', (_, message) => {
      if (message.answered !== undefined) process.send(message);
    });
    process.on('disconnect', () => process.exit());
  }
}
