/**
 * What does it cost a request to be measured? Processor time of a server's process and
 * requests per second, on node:http, Express and Fastify: measured by nobody, by this
 * library, and by what is usual on each.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './http-metrics/load.js';
import type { Spent } from './http-metrics/server.js';
import { Peer } from './support/peer.js';
import { type BenchOptions, cell, type Report } from './support/report.js';
import { median } from './support/statistics.js';

/** What a request on node:http may cost more than one that is not measured, in microseconds of processor time. */
const MAX_OVERHEAD_US = 2;

const FULL = { rounds: 15, warmUp: 20_000, requests: 30_000 };
const SMOKE = { rounds: 1, warmUp: 100, requests: 200 };

const PATHS = { http: '/', express: '/users/1', fastify: '/users/1' };
const FRAMEWORKS = ['http', 'express', 'fastify'] as const;
const SIDES = ['none', 'own', 'peer'] as const;

type Framework = (typeof FRAMEWORKS)[number];
type Side = (typeof SIDES)[number];

const TITLES: Readonly<Record<Framework, string>> = {
  http: 'node:http',
  express: 'Express, and express-prom-bundle',
  fastify: 'Fastify, and fastify-metrics',
};

/** One sample of each round. */
interface Samples {
  readonly cpuUs: number[];
  readonly perSecond: number[];
}

export async function httpMetrics({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const results = new Map<Framework, ReadonlyMap<Side, Samples>>();
  for (const framework of FRAMEWORKS) results.set(framework, await measure(framework, effort));
  const overhead = (framework: Framework, side: Side) =>
    differences(results.get(framework), side, 'none');
  const rows = FRAMEWORKS.flatMap((framework) =>
    [...(results.get(framework) ?? [])].map(([side, { cpuUs, perSecond }]) => [
      `${TITLES[framework].split(',', 1)[0]}: ${nameOf(framework, side)}`,
      cell(cpuUs),
      side === 'none' ? '' : cell(overhead(framework, side)),
      cell(perSecond.map((each) => each / 1000)),
    ]),
  );
  const total = effort.warmUp + effort.rounds * effort.requests;
  return {
    checks: [`every side has counted the ${total} requests that its server was sent`],
    tables: [
      {
        title: 'A request: processor time in microseconds, thousands a second',
        rows: [['', 'processor time', 'more than unmeasured', 'requests']].concat(rows),
      },
    ],
    requirements: [
      {
        what: 'a measured request on node:http, more than an unmeasured one',
        found: median(overhead('http', 'own')),
        atMost: MAX_OVERHEAD_US,
        unit: 'us',
      },
    ],
    notes: [
      `Medians of ${effort.rounds} rounds of ${effort.requests} requests, the sides in turns (in brackets: least and most). Processor time is that of the server's process, the system's share included; a client in another process asks over 16 connections.`,
    ],
    data: { effort, results: [...results].map(([name, sides]) => [name, [...sides]]) },
  };
}

function nameOf(framework: Framework, side: Side): string {
  if (side === 'none') return 'unmeasured';
  return side === 'own' ? 'prom-multiproc' : (TITLES[framework].split(', and ')[1] ?? '');
}

/** What one side took more than another, round by round. */
function differences(
  sides: ReadonlyMap<Side, Samples> | undefined,
  side: Side,
  than: Side,
): number[] {
  const [of, base] = [sides?.get(side), sides?.get(than)];
  if (of === undefined || base === undefined) throw new Error(`no samples of ${side}`);
  return of.cpuUs.map((us, round) => us - (base.cpuUs[round] as number));
}

async function measure(framework: Framework, effort: typeof FULL): Promise<Map<Side, Samples>> {
  const sides = SIDES.filter((side) => side !== 'peer' || framework !== 'http');
  const servers = await Promise.all(sides.map((side) => Served.start(framework, side)));
  try {
    for (const server of servers) await server.ask(effort.warmUp);
    const samples = new Map<Side, Samples>(
      sides.map((side) => [side, { cpuUs: [], perSecond: [] }]),
    );
    for (let round = 0; round < effort.rounds; round++) {
      for (const server of servers) {
        const before = await server.spent();
        const seconds = await server.ask(effort.requests);
        const after = await server.spent();
        const { cpuUs, perSecond } = samples.get(server.side) as Samples;
        cpuUs.push((after.cpuUs - before.cpuUs) / effort.requests);
        perSecond.push(effort.requests / seconds);
      }
    }
    for (const server of servers)
      await server.check(effort.warmUp + effort.rounds * effort.requests);
    return samples;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** A server in a process of its own. */
class Served {
  readonly side: Side;
  readonly #framework: Framework;
  readonly #peer: Peer;
  readonly #directory: string;
  #port = 0;

  private constructor(framework: Framework, side: Side) {
    this.side = side;
    this.#framework = framework;
    this.#directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
    this.#peer = Peer.process(
      new URL('./http-metrics/server.js', import.meta.url),
      [framework, side],
      side === 'own' ? { PROMETHEUS_MULTIPROC_DIR: this.#directory } : {},
    );
  }

  static async start(framework: Framework, side: Side): Promise<Served> {
    const server = new Served(framework, side);
    server.#port = await server.#peer.call<number>('listen');
    return server;
  }

  ask(requests: number): Promise<number> {
    return load(this.#port, PATHS[this.#framework], requests);
  }

  spent(): Promise<Spent> {
    return this.#peer.call<Spent>('spent');
  }

  async check(requests: number): Promise<void> {
    const { counted } = await this.spent();
    const expected = this.side === 'none' ? undefined : requests;
    assert.equal(counted, expected, `${this.#framework}, ${this.side}: requests counted`);
  }

  async stop(): Promise<void> {
    await this.#peer.stop();
    rmSync(this.#directory, { recursive: true });
  }
}
