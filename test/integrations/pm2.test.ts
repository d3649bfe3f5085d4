// An application under a real pm2 while its instances come and go. All the time one request
// after another is sent to whichever instance, and after each the page is asked of another:
// it has every request, and none twice.

import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { Pm2Fleet } from '../helpers/pm2-fleet.js';

type Samples = Readonly<Record<string, number>>;

/** Requests and pages, one after another until it is stopped. */
class Traffic {
  readonly #fleet: Pm2Fleet;
  readonly #ended: Promise<void>;
  #stopped = false;
  #answered = 0;
  /** Sent to instances that went before they answered: counted or not. */
  #unanswered = 0;
  #pages = 0;
  #last: Samples = {};

  constructor(fleet: Pm2Fleet) {
    this.#fleet = fleet;
    this.#ended = this.#run();
    // Whoever stops it is told.
    this.#ended.catch(() => {});
  }

  /** Resolves with how many pages there were. @throws Error that says what a page had wrong */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#ended;
    return this.#pages;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if ((await this.#fleet.ask('/')) === undefined) this.#unanswered++;
      else this.#answered++;
      this.#check(samplesByKey(await this.#fleet.page()));
    }
  }

  #check(samples: Samples): void {
    this.#pages++;
    for (const name of ['app_requests_total', 'app_sizes_count', 'app_sizes_bucket{le="2"}']) {
      const shown = samples[name] ?? 0;
      if (shown < this.#answered || shown > this.#answered + this.#unanswered) {
        throw new Error(
          `${name} is ${shown} after ${this.#answered} requests, and ${this.#unanswered} more without an answer`,
        );
      }
    }
    for (const [key, value] of Object.entries(this.#last)) {
      const now = samples[key] ?? 0;
      if (/(?:_total|_count|_sum|_bucket)\b/.test(key) && now < value) {
        throw new Error(`${key} fell from ${value} to ${now}`);
      }
    }
    this.#last = samples;
  }
}

/** Waits for instances of these numbers, and no others, to be on the page. */
async function settles(fleet: Pm2Fleet, numbers: readonly number[]): Promise<void> {
  const names = numbers.map((number, i) => {
    const before = numbers.slice(0, i).filter((other) => other === number).length;
    return before === 0 ? `w${number}` : `w${number}#${before + 1}`;
  });
  const expected = names.sort().join();
  await eventually(async () => {
    const samples = samplesByKey(await fleet.page());
    const shown = Object.keys(samples).flatMap(
      (key) => /^app_each\{pid="(.*)"\}$/.exec(key)?.[1] ?? [],
    );
    if (samples.app_up !== numbers.length) return `${samples.app_up} instances are on the page`;
    return shown.sort().join() === expected ? undefined : `${shown} and not ${expected}`;
  });
}

const numbersOf = async ({ pm2 }: Pm2Fleet): Promise<number[]> =>
  (await pm2.instances()).map(({ number }) => Number(number));

async function restarts(t: ExecutionContext, fleet: Pm2Fleet): Promise<void> {
  const { pm2 } = fleet;
  const pids = async () => (await pm2.instances()).map(({ pid }) => pid);
  const traffic = new Traffic(fleet);
  await settles(fleet, [0, 1, 2]);
  for (const command of ['reload', 'restart']) {
    const before = await pids();
    await pm2.run([command, 'app']);
    t.false(
      (await pids()).some((pid) => before.includes(pid)),
      command,
    );
    await settles(fleet, [0, 1, 2]);
  }

  await fleet.killOne();
  await settles(fleet, [0, 1, 2]);
  t.true((await traffic.stop()) > 10);
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: in cluster mode every page has every request while pm2 replaces instances`,
    async (t) => {
      t.timeout(180_000);
      const fleet = new Pm2Fleet(t, backend);
      await fleet.start('app', 'cluster', 3);
      await restarts(t, fleet);
    },
  );

  test.serial(
    `${backend}: in fork mode every page has every request while pm2 replaces instances`,
    async (t) => {
      t.timeout(180_000);
      const fleet = new Pm2Fleet(t, backend);
      await fleet.start('app', 'fork', 3);
      await restarts(t, fleet);
    },
  );

  test.serial(
    `${backend}: instances that are scaled away leave live gauges at once, and no count`,
    async (t) => {
      t.timeout(180_000);
      const fleet = new Pm2Fleet(t, backend);
      const { pm2 } = fleet;
      await fleet.start('app', 'cluster', 2);
      const traffic = new Traffic(fleet);
      await pm2.run(['scale', 'app', '4']);
      await settles(fleet, await numbersOf(fleet));
      await pm2.run(['scale', 'app', '1']);
      // pm2 answers when they have gone: no page shows them from here on.
      t.is(samplesByKey(await fleet.page()).app_up, 1);
      await pm2.run(['scale', 'app', '3']);
      await settles(fleet, await numbersOf(fleet));
      t.true((await traffic.stop()) > 10);
    },
  );

  test.serial(
    `${backend}: two applications of the same numbers in one directory are told apart`,
    async (t) => {
      t.timeout(180_000);
      const fleet = new Pm2Fleet(t, backend);
      await fleet.start('app', 'cluster', 2);
      const traffic = new Traffic(fleet);
      await fleet.start('other', 'fork', 1);
      await settles(fleet, [0, 1, 0]);
      await fleet.pm2.run(['delete', 'other']);
      t.is(samplesByKey(await fleet.page()).app_up, 2);
      await settles(fleet, [0, 1]);
      t.true((await traffic.stop()) > 2);
    },
  );
}
