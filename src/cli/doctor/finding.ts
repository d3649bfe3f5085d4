/**
 * - `ok`: as it should be
 * - `note`: works, but somebody should know
 * - `wrong`: costs numbers, or will
 */
export type Level = 'ok' | 'note' | 'wrong';

/** What was found, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly says: string;
  /** Of all that is not `ok`. */
  readonly advice?: string;
}

export function ok(check: string, says: string): Finding {
  return { check, level: 'ok', says };
}

export function note(check: string, says: string, advice: string): Finding {
  return { check, level: 'note', says, advice };
}

export function wrong(check: string, says: string, advice: string): Finding {
  return { check, level: 'wrong', says, advice };
}
