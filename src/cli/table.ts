import type { Drawing } from './terminal.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Rows in columns as wide as their widest cell, the titles first. Cells are printable. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: Drawing['width'],
): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => width(row[i] ?? ''))));
  return all.map((row) =>
    columns
      .map(({ align }, i) => {
        const cell = row[i] ?? '';
        const padding = ' '.repeat((widths[i] as number) - width(cell));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}
