import type { FamiliesReport } from '../../model/report.js';
import { byId, el, KeyedList, setText, type View } from './dom.js';
import { formatNumber, toNumber } from './numbers.js';
import { visible } from './text.js';

interface Problem {
  readonly what: string;
  readonly detail: string;
  /** Not only of some time since counting began. */
  readonly now: boolean;
}

const MAX_DETAIL_CHARS = 500;

/** What somebody should look at: skipped files with their reasons, failures, disagreements. */
export class Problems {
  readonly #section = byId('problems');
  readonly #list = new KeyedList(byId('problems-list'), problemView);

  update(report: FamiliesReport): void {
    const problems = problemsOf(report);
    this.#section.hidden = problems.length === 0;
    // What is counted is of any time; files and disagreements are of now.
    this.#section.classList.toggle(
      'bad',
      problems.some(({ now }) => now),
    );
    this.#list.update(problems.map((problem) => [`${problem.what} ${problem.detail}`, problem]));
  }
}

const DISAGREEMENTS: Readonly<Record<keyof FamiliesReport['conflicts'], string>> = {
  type: 'another type than the newest writer: their values are left out',
  mode: 'another gauge mode than the newest writer: their values are left out',
  buckets: 'other buckets than the newest writer: merged with the bounds that all share',
};

function problemsOf({ skipped, skippedCount, errors, conflicts }: FamiliesReport): Problem[] {
  const problems: Problem[] = skipped.map(({ file, reason }) => ({
    what: 'File skipped',
    detail: reason.includes(file) ? reason : `${file}: ${reason}`,
    now: true,
  }));
  if (skippedCount > skipped.length) {
    problems.push({
      what: 'Files skipped',
      detail: `${skippedCount - skipped.length} more`,
      now: true,
    });
  }
  for (const [reason, text] of Object.entries(DISAGREEMENTS)) {
    const count = conflicts[reason as keyof typeof DISAGREEMENTS];
    if (count > 0)
      problems.push({ what: 'Writers disagree', detail: `${count} with ${text}`, now: true });
  }
  for (const { reason, count } of errors) {
    const times = toNumber(count);
    if (times > 0)
      problems.push({
        what: 'Errors so far',
        detail: `${reason}: ${formatNumber(times)}`,
        now: false,
      });
  }
  return problems;
}

function problemView(): View<Problem> {
  const what = el('strong');
  const detail = el('bdi');
  return {
    element: el('li', {}, what, ' ', detail),
    update(problem) {
      setText(what, problem.what);
      setText(detail, visible(problem.detail, MAX_DETAIL_CHARS));
    },
  };
}
