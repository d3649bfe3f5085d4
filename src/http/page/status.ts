import type { FamiliesReport } from '../../model/report.js';
import type { Trouble } from './api.js';
import { byId, setAttribute, setText } from './dom.js';
import { formatDuration, formatNumber } from './numbers.js';
import { visible } from './text.js';

const MAX_REASON_CHARS = 500;

type Health = 'live' | 'paused' | 'trouble' | 'waiting';

/** What the page knows of the server, and how well: the head of the page and the banner below it. */
export class Status {
  readonly #banner = byId('banner');
  readonly #token = byId<HTMLFormElement>('token-form');
  #lastMs: number | undefined;

  /**
   * @param sinceMs when it was read, by this machine's clock
   * @param whole whether it is of all families
   */
  showReport(report: FamiliesReport, sinceMs: number, whole: boolean): void {
    this.#lastMs = sinceMs;
    this.#banner.hidden = true;
    this.#token.hidden = true;
    document.body.classList.remove('stale');
    const { live, hidden, dead } = report.writerCounts;
    setText(byId('fact-live'), formatNumber(live));
    setText(byId('fact-dead'), formatNumber(dead));
    setText(byId('fact-hidden'), formatNumber(hidden));
    byId('fact-hidden-card').hidden = hidden === 0;
    if (whole) setText(byId('fact-families'), formatNumber(report.familyCount));
    setText(byId('fact-series'), formatNumber(report.series));
    setText(byId('fact-duration'), formatNumber(report.durationSeconds, 'seconds'));
    setText(byId('fact-skipped'), formatNumber(report.skippedCount));
    byId('fact-skipped-card').classList.toggle('bad', report.skippedCount > 0);
    setText(byId('version'), `prom-multiproc ${report.version} · ${report.backend}`);
  }

  showTrouble(trouble: Trouble): void {
    document.body.classList.add('stale');
    this.#token.hidden = trouble.kind !== 'refused';
    this.#banner.hidden = trouble.kind === 'refused';
    if (trouble.kind === 'refused') {
      setText(
        byId('token-note'),
        trouble.tokenTried
          ? 'The server does not take this token.'
          : 'The server asks for a token.',
      );
      return;
    }
    const known =
      this.#lastMs === undefined ? '' : ` Below is what was read at ${clock(this.#lastMs)}.`;
    setText(this.#banner, `${troubleText(trouble)}${known}`);
  }

  /** The pill: how fresh what is shown is. */
  showHealth(health: Health, nowMs: number): void {
    const ago = this.#lastMs === undefined ? '' : agoText((nowMs - this.#lastMs) / 1000);
    const texts: Readonly<Record<Health, string>> = {
      live: 'Live',
      paused: `Paused, ${ago}`,
      trouble: this.#lastMs === undefined ? 'No answer' : `No answer, ${ago}`,
      waiting: 'Connecting…',
    };
    setText(byId('health'), texts[health]);
    document.title = health === 'trouble' ? 'No answer – Metrics' : 'Metrics';
    setAttribute(byId('health'), 'class', `pill ${health}`);
  }
}

function troubleText(trouble: Exclude<Trouble, { readonly kind: 'refused' }>): string {
  const reason = visible(trouble.reason, MAX_REASON_CHARS);
  switch (trouble.kind) {
    case 'unreachable':
      return `The server cannot be reached (${reason}).`;
    case 'failed':
      return `The server answers ${trouble.status}: ${reason}.`;
    case 'strange':
      return `The server says what this page cannot read (${reason}): reload it.`;
  }
}

function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString();
}

function agoText(seconds: number): string {
  const text = formatDuration(seconds);
  return text === 'now' ? 'read just now' : `read ${text} ago`;
}
