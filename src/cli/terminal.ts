import process from 'node:process';

/** What terminals need: loaded by the commands that draw, and by nothing else. */
export interface Drawing {
  readonly escapes: typeof import('ansi-escapes').default;
  /** Columns that a text takes. */
  readonly width: (text: string) => number;
  readonly colours: import('picocolors/types.js').Colors;
}

/** Colours only where stdout is a terminal that has them and NO_COLOR is not set. */
export async function loadDrawing(): Promise<Drawing> {
  const [{ default: escapes }, { default: width }, { default: picocolors }] = await Promise.all([
    import('ansi-escapes'),
    import('string-width'),
    import('picocolors'),
  ]);
  return { escapes, width, colours: picocolors.createColors(hasColours(process.env)) };
}

function hasColours({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY === true && TERM !== 'dumb';
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** As much of a text as fits into so many columns, with a mark where it was cut. */
export function cut(text: string, columns: number, width: Drawing['width']): string {
  if (width(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  for (const { segment } of GRAPHEMES.segment(text)) {
    room -= width(segment);
    if (room < 0) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : '';
}
