/** What the demo prints, and whether all of it is as it must be. */
export class Report {
  #failures = 0;

  check(what: string, holds: boolean): void {
    if (!holds) this.#failures++;
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}`);
  }

  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const lines = [head, ...rows].map((row) => row.map(String));
    const widths = head.map((_, column) =>
      Math.max(...lines.map((row) => row[column]?.length ?? 0)),
    );
    console.log('');
    for (const row of lines) {
      const cells = row.map((cell, column) => {
        const width = widths[column] as number;
        return column < 2 ? cell.padEnd(width) : cell.padStart(width);
      });
      console.log(cells.join('  ').trimEnd());
    }
  }

  /** @returns the exit code */
  finish(): number {
    const failed = this.#failures;
    console.log(
      failed === 0 ? '\nAll as it must be.' : `\nNot as it must be: ${failed} of the above.`,
    );
    return failed === 0 ? 0 : 1;
  }
}
