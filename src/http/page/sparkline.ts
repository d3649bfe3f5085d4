import { setAttribute, svg } from './dom.js';

const WIDTH = 120;
const HEIGHT = 28;
const PADDING = 2;

/** A line of readings over time, drawn anew at each update. For the eye alone: the numbers stand beside it. */
export class Sparkline {
  readonly element = svg('svg', {
    class: 'spark',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  readonly #area = svg('path', { class: 'spark-area' });
  readonly #line = svg('path', { class: 'spark-line' });

  constructor() {
    this.element.append(this.#area, this.#line);
  }

  /** `fromZero`: rates are shown against zero, levels against their own range. */
  update(points: readonly (readonly [atMs: number, value: number])[], fromZero: boolean): void {
    const finite = points.filter(([, value]) => Number.isFinite(value));
    const [begin, end] = [finite[0]?.[0] ?? 0, finite.at(-1)?.[0] ?? 0];
    if (end <= begin) {
      setAttribute(this.#line, 'd', '');
      setAttribute(this.#area, 'd', '');
      return;
    }
    const values = finite.map(([, value]) => value);
    const low = fromZero ? Math.min(0, ...values) : Math.min(...values);
    const high = Math.max(...values);
    const x = (atMs: number) => PADDING + ((atMs - begin) / (end - begin)) * (WIDTH - 2 * PADDING);
    const y = (value: number) => {
      // Without a change there is no range: at rest at zero below, at another level in the middle.
      const share = high > low ? (value - low) / (high - low) : value === 0 ? 0 : 0.5;
      return HEIGHT - PADDING - share * (HEIGHT - 2 * PADDING);
    };
    const line = finite
      .map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
      .join('L');
    setAttribute(this.#line, 'd', `M${line}`);
    setAttribute(this.#area, 'd', `M${x(begin)},${HEIGHT}L${line}L${x(end).toFixed(1)},${HEIGHT}Z`);
  }
}
