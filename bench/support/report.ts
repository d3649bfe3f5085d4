import os from 'node:os';
import type { Plot } from './plot.js';
import type { Requirement } from './requirement.js';
import { spread } from './statistics.js';

/** Rows of cells; the first row is the head. The first column is text, the others are numbers. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What one benchmark file answers. */
export interface Report {
  /** What was compared and found right, before anything was timed or printed. */
  readonly checks: readonly string[];
  readonly tables: readonly Table[];
  /** What this benchmark is to reach, and what it found. */
  readonly requirements?: readonly Requirement[];
  readonly plots?: readonly Plot[];
  /** How to read the tables. */
  readonly notes: readonly string[];
  /** All samples, for a file of results. */
  readonly data: unknown;
}

export interface BenchOptions {
  /** Few and short rounds: shows that the benchmark works and that the outputs are equal, and no more. */
  readonly smoke: boolean;
}

/** Names the machine, the Node.js version and the day. */
export function environment(): Readonly<Record<string, string>> {
  const cpus = os.cpus();
  return {
    machine: `${cpus[0]?.model ?? 'unknown processor'}, ${cpus.length} cores, ${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function formatTable({ title, rows }: Table): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [title, '', lines[0], rule, ...lines.slice(1)].join('\n');
}

/** A number with three figures that count, and no exponent. */
export function figures(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

/** The median of the rounds, with the least and the most. */
export function cell(samples: readonly number[]): string {
  const { median, min, max } = spread(samples);
  return `${figures(median)} (${figures(min)}-${figures(max)})`;
}

export function yesNo(reached: boolean): string {
  return reached ? 'yes' : 'no';
}
