// Counts by labels of all kinds, often enough that a lookup would be generated, and
// prints the page. Says first whether code may be generated from strings.

import { Counter, Registry } from '../../src/index.js';

function mayGenerate(): boolean {
  try {
    return new Function('return true')() as boolean;
  } catch {
    return false;
  }
}

const registry = new Registry();
const counter = new Counter({
  name: 'c',
  help: 'h',
  labelNames: ['a', 'b', 'c'],
  registers: [registry],
});
for (let i = 0; i < 10_000; i++) {
  const even = i % 2 === 0;
  counter.inc({ a: 'x', b: `${i % 20}`, c: even as never });
  counter.inc({ c: `${even}`, b: i % 20, a: 'x' });
  counter.inc({ b: 'y' });
  if (i % 1000 === 0) counter.remove({ a: 'x', b: '0', c: 'true' });
}
let refused = '';
try {
  counter.inc({ a: 'x', d: 'z' } as never);
} catch (error) {
  refused = (error as Error).message;
}
const page = await registry.metrics();
process.stdout.write(JSON.stringify({ mayGenerate: mayGenerate(), refused, page }));
