import type { Counter, Gauge, Histogram } from '../../src/index.js';

/** The part of the API that both sides have in the same shape. */
export interface Client {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
  /** All samples of this process, rendered. */
  page(): Promise<string>;
}

/** Who is measured. A backend names this library on it. */
export const SIDES = ['prom-client', 'mmap', 'file'] as const;
export type Side = (typeof SIDES)[number];

/** The backends that are compared. */
export const BACKENDS = ['mmap', 'file'] as const satisfies Side[];
export type Backend = (typeof BACKENDS)[number];

/** Packages in prom-client's shape. */
export const PACKAGES = ['prom-client', '@prometheus-io/client'] as const;
export type PackageName = (typeof PACKAGES)[number];

/** Loads a package in prom-client's shape, with what it has for clusters. */
export async function loadPackage(name: PackageName): Promise<typeof import('prom-client')> {
  const { default: client } = await import(name);
  return client;
}

/**
 * This library as applications get it: built and bundled. Its modules one by one fill the
 * heap of a process that has just begun with several times as much.
 */
export async function loadOurs(): Promise<typeof import('../../src/index.js')> {
  const name: string = 'prom-multiproc';
  return import(name);
}

/** Loads one side, and nothing of the others. */
export async function loadClient(side: Side | PackageName): Promise<Client> {
  if (side === 'prom-client' || side === '@prometheus-io/client') {
    const client = await loadPackage(side);
    return { ...(client as unknown as Client), page: () => client.register.metrics() };
  }
  const ours = await loadOurs();
  return { ...ours, page: () => ours.collect({ selfMetrics: false }) };
}

/** The environment in which a side's process starts. */
export function environmentOf(side: Side, directory: string): Record<string, string> {
  if (side === 'prom-client') return {};
  return { PROMETHEUS_MULTIPROC_DIR: directory, PROMETHEUS_MULTIPROC_BACKEND: side };
}
