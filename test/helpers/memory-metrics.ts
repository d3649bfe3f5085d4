import { randomBytes } from 'node:crypto';
import { Gauge } from '../../src/index.js';
import { Gate } from './gate.js';

/** A gauge of this process of so many series, of which each is some 450 bytes that cannot be compressed well. */
export function makeLarge(name: string, series: number): void {
  const gauge = new Gauge({ name, help: 'Noise.', labelNames: ['noise'] });
  for (let i = 0; i < series; i++) gauge.set({ noise: randomBytes(210).toString('hex') }, i);
}

/** A gauge of this process whose callback waits: `begun` opens when a page has called it, `end` lets it go on. */
export function makeSlow(name: string): { readonly begun: Gate; readonly end: Gate } {
  const [begun, end] = [new Gate(), new Gate()];
  new Gauge({
    name,
    help: 'Waits.',
    async collect() {
      begun.open();
      await end.opened;
      this.set(1);
    },
  });
  return { begun, end };
}
