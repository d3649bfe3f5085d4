import { figures, type Table, yesNo } from './report.js';

/** A figure that is to be reached, and what was found. */
export interface Requirement {
  readonly what: string;
  readonly found: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Written behind both numbers: `x`, `ms`, `bytes`. */
  readonly unit: string;
}

export function isReached({ found, atLeast, atMost }: Requirement): boolean {
  return (atLeast === undefined || found >= atLeast) && (atMost === undefined || found <= atMost);
}

export function requirementTable(requirements: readonly Requirement[]): Table {
  return {
    title: 'What is to be reached',
    rows: [
      ['', 'found', 'required', 'reached'],
      ...requirements.map((requirement) => {
        const { what, found, unit } = requirement;
        return [
          what,
          `${figures(found)} ${unit}`,
          bound(requirement),
          yesNo(isReached(requirement)),
        ];
      }),
    ],
  };
}

/** The bound with its unit, such as `>= 40 x`. */
export function bound({ atLeast, atMost, unit }: Requirement): string {
  const parts = [];
  if (atLeast !== undefined) parts.push(`>= ${figures(atLeast)} ${unit}`);
  if (atMost !== undefined) parts.push(`<= ${figures(atMost)} ${unit}`);
  return parts.join(', ');
}
