export const MAX_SHOWN_CHARS = 160;

/** Controls, zero-width characters and marks that turn the direction of text. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b-\u200d\u2060-\u2064\ufeff]/gu;

/** Text of an application as it can be shown: what would hide or turn what stands around it is spelled out. */
export function visible(text: string, maxChars = MAX_SHOWN_CHARS): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}… (${text.length})` : text;
  return cut.replace(UNSEEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The n-th label set of a family, as on the page; `{}` where it has none. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${visible(value)}"`);
  return `{${pairs.join(', ')}}`;
}
