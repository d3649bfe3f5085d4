// The program `writer` for a world that refuses it things: it counts many series at
// once, takes all descriptors that it may have, and says how much memory it uses.

import { closeSync, openSync } from 'node:fs';
import process from 'node:process';
import { Counter, Gauge, Histogram } from '../../src/index.js';
import type { FaultCommand } from '../helpers/application.js';
import { serveCommands } from '../helpers/commands.js';

const SERIES = { help: 'Of one of many.', labelNames: ['i' as const] };

let metrics: { counter: Counter<'i'>; gauge: Gauge<'i'>; histogram: Histogram<'i'> } | undefined;
const taken: number[] = [];

function makeMetrics() {
  return {
    counter: new Counter({ name: 'many_total', ...SERIES }),
    gauge: new Gauge({ name: 'level', ...SERIES, multiprocessMode: 'sum' }),
    histogram: new Histogram({ name: 'took', ...SERIES, buckets: [1, 2] }),
  };
}

function takeDescriptors(): number {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
    return taken.length;
  }
}

async function carryOut(command: FaultCommand): Promise<unknown> {
  switch (command.do) {
    case 'count':
      // What the system has given back since is taken too.
      if (taken.length > 0) takeDescriptors();
      metrics ??= makeMetrics();
      for (let i = 0; i < command.series; i++) {
        const labels = { i: `series ${i}` };
        metrics.counter.inc(labels, i);
        metrics.gauge.inc(labels, 2);
        metrics.histogram.observe(labels, 1.5);
      }
      return undefined;
    case 'take descriptors':
      return takeDescriptors();
    case 'give descriptors back':
      for (const fd of taken.splice(0)) closeSync(fd);
      return undefined;
    case 'memory':
      return process.memoryUsage();
  }
}

serveCommands(
  {
    on: (_event, listener) => process.on('message', listener as (message: unknown) => void),
    send: (message) => process.send?.(message),
  },
  carryOut,
);
