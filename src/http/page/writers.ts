import type { FamiliesReport, WriterReport } from '../../model/report.js';
import { byId, el, KeyedList, setAttribute, setText, type View } from './dom.js';
import { formatDuration, formatNumber } from './numbers.js';
import { visible } from './text.js';

/** Ended writers that the page remembers: their files are soon in the archive, and no longer in the report. */
const MAX_ENDED = 20;

type State = WriterReport['state'] | 'ended';

interface ShownWriter {
  readonly writer: WriterReport;
  readonly state: State;
  readonly endedAtMs?: number;
}

const STATE_TEXTS: Readonly<Record<State, string>> = {
  live: 'live',
  hidden: 'silent or marked',
  dead: 'dead',
  ended: 'ended',
};

/** Writers that there are, and those that the page has seen go. */
export class Writers {
  readonly #list = new KeyedList(byId('writers-body'), writerView);
  readonly #known = new Map<string, WriterReport>();
  #ended = new Map<string, ShownWriter>();

  update({ time, writers, writerCounts, archives }: FamiliesReport): void {
    const atMs = Date.parse(time);
    this.#remember(writers, atMs);
    const there = writers.map((writer): ShownWriter => ({ writer, state: writer.state }));
    const all = [...there, ...[...this.#ended.values()].reverse()];
    this.#list.update(all.map((shown) => [keyOf(shown.writer), withEnd(shown, atMs)]));
    const { live, hidden, dead } = writerCounts;
    const unlisted = live + hidden + dead - writers.length;
    const archived = archives.reduce((sum, { series }) => sum + series, 0);
    const notes = [
      unlisted > 0 ? `${unlisted} more are not listed.` : '',
      archives.length > 0
        ? `What ended writers left is in ${archives.length === 1 ? 'the archive' : `${archives.length} archives`}: ${formatNumber(archived)} series.`
        : '',
    ];
    setText(byId('writers-note'), notes.filter((note) => note !== '').join(' '));
  }

  #remember(writers: readonly WriterReport[], atMs: number): void {
    const now = new Set(writers.map(keyOf));
    for (const [key, writer] of this.#known) {
      if (now.has(key)) continue;
      this.#known.delete(key);
      this.#ended.set(key, { writer, state: 'ended', endedAtMs: atMs });
    }
    for (const writer of writers) {
      this.#known.set(keyOf(writer), writer);
      this.#ended.delete(keyOf(writer));
    }
    this.#ended = new Map([...this.#ended].slice(-MAX_ENDED));
  }
}

function keyOf({ file, label }: WriterReport): string {
  return file === '' ? label : file;
}

/** Time goes on for the ended too. */
function withEnd(shown: ShownWriter, atMs: number): ShownWriter & { readonly agoSeconds: number } {
  const { endedAtMs = atMs, writer } = shown;
  return { ...shown, agoSeconds: writer.silentSeconds + (atMs - endedAtMs) / 1000 };
}

function writerView(): View<ShownWriter & { readonly agoSeconds: number }> {
  const name = el('th', { scope: 'row' });
  const state = el('span', { class: 'state' });
  const age = el('td', { class: 'number' });
  const silence = el('td', { class: 'number' });
  const series = el('td', { class: 'number wide' });
  const backend = el('td', { class: 'wide' });
  const host = el('td', { class: 'wide' });
  const element = el('tr', {}, name, el('td', {}, state), age, silence, series, backend, host);
  return {
    element,
    update({ writer, state: is, agoSeconds }) {
      setText(
        name,
        writer.thread === 0 ? `${writer.pid}` : `${writer.pid} / thread ${writer.thread}`,
      );
      setAttribute(name, 'title', visible(writer.file));
      setText(state, STATE_TEXTS[is]);
      setAttribute(state, 'class', `state ${is}`);
      setText(age, formatDuration(writer.ageSeconds));
      setText(silence, agoText(agoSeconds));
      setText(series, formatNumber(writer.series));
      setText(backend, writer.backend);
      setText(host, visible(writer.host));
      element.classList.toggle('gone', is === 'dead' || is === 'ended');
    },
  };
}

function agoText(seconds: number): string {
  const text = formatDuration(seconds);
  return text === 'now' ? text : `${text} ago`;
}
