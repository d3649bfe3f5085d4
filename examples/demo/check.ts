import type { Fleet, Member } from './fleet.js';
import { load } from './load.js';
import { type Page, pagesOfAll, parsePage, total } from './page.js';
import { Report } from './report.js';
import type { Status } from './worker.js';

const FIRST_LOAD = 4000;
const SECOND_LOAD = 1000;

const SHOWN = [
  ['demo_requests_total', 'counter'],
  ['demo_request_duration_seconds_count', 'histogram'],
  ['demo_response_bytes_sum', 'summary'],
  ['demo_cached_items', 'gauge, livesum'],
  ['demo_workers', 'gauge, livesum'],
] as const;

/** Runs the demo's story and returns the exit code. */
export async function check(fleet: Fleet, directory: string): Promise<number> {
  const report = new Report();
  console.log(`${fleet.members.length} workers count in ${directory}\n`);

  const answered = await load(fleet.sharedPort, FIRST_LOAD);
  report.check(
    `${FIRST_LOAD} requests were answered by ${answered.size} workers`,
    answered.size === fleet.members.length,
  );
  const before = await takePage(fleet, report);
  const sent = total(before.page, 'demo_requests_total');
  report.check(`${FIRST_LOAD} requests are on the page`, sent === FIRST_LOAD);

  const victim = fleet.members.at(-1) as Member;
  await fleet.kill(victim);
  const killed = await takePage(fleet, report);
  checkCounts(report, `SIGKILL of ${victim.pid}`, before.page, killed.page);
  checkGauges(report, before, killed, victim.pid);

  const { pid } = await fleet.start();
  await load(fleet.sharedPort, SECOND_LOAD);
  const replaced = await takePage(fleet, report);
  checkCounts(report, `${pid} took its place`, killed.page, replaced.page);
  const all = FIRST_LOAD + SECOND_LOAD;
  const counted = total(replaced.page, 'demo_requests_total');
  report.check(`all ${all} requests are on the page`, counted === all);
  report.check(
    `${fleet.members.length} workers are on the page`,
    total(replaced.page, 'demo_workers') === fleet.members.length,
  );

  const columns = [before, killed, replaced].map(({ page }) => page);
  report.table(
    ['', '', 'before', 'one killed', 'replaced'],
    SHOWN.map(([name, type]) => [name, type, ...columns.map((page) => total(page, name))]),
  );
  return report.finish();
}

interface Moment {
  readonly page: Page;
  readonly statuses: readonly Status[];
}

async function takePage(fleet: Fleet, report: Report): Promise<Moment> {
  const statuses = await fleet.statuses();
  const pages = await pagesOfAll(fleet);
  const [first = '', ...others] = pages.values();
  report.check(
    `${pages.size} processes show the same page`,
    others.every((page) => page === first),
  );
  return { page: parsePage(first), statuses };
}

function checkCounts(report: Report, after: string, before: Page, now: Page): void {
  const lower = [...before.counts].filter(
    ([series, value]) => !((now.counts.get(series) ?? Number.NaN) >= value),
  );
  for (const [series, value] of lower) {
    console.log(`went down: ${series} from ${value} to ${now.counts.get(series)}`);
  }
  report.check(
    `after ${after} none of ${before.counts.size} counts is lower`,
    before.counts.size > 0 && lower.length === 0,
  );
}

function checkGauges(report: Report, before: Moment, now: Moment, victim: number): void {
  const change = (name: string) => total(now.page, name) - total(before.page, name);
  const lost = before.statuses.find(({ pid }) => pid === victim)?.cachedItems ?? 0;
  report.check(
    `its live gauges are off the page: 1 worker and ${lost} cached items fewer`,
    lost > 0 && change('demo_workers') === -1 && change('demo_cached_items') === -lost,
  );
  const own = `demo_worker_start_time_seconds{pid="${victim}"}`;
  report.check(
    `its series in mode liveall is off the page`,
    before.page.samples.has(own) && !now.page.samples.has(own),
  );
}
