const BACKSLASH = /\\/g;
const NEWLINE = /\n/g;
const QUOTE = /"/g;
const NEEDS_ESCAPE = /[\\\n"]/;

/** A label value between quotes: text format 0.0.4 and OpenMetrics 1.0 alike. */
export function escapeLabelValue(value: string): string {
  return NEEDS_ESCAPE.test(value) ? escapeHelp(value).replace(QUOTE, '\\"') : value;
}

/** A help text in the text format 0.0.4, which leaves quotes alone. */
export function escapeHelp(help: string): string {
  return help.replace(BACKSLASH, '\\\\').replace(NEWLINE, '\\n');
}
