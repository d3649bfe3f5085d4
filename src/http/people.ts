import type { Content } from './content.js';

const UNSAFE = /[&"'<>]/g;

/**
 * The page for people: one document, which asks for `/api/families` from where it is and for
 * nothing else.
 *
 * @param metricsPath where the page of metrics is, from the root
 */
export async function pageForPeople(metricsPath: string): Promise<Content> {
  const { html, policy } = await import('#page');
  // From the page itself: a proxy may have it below another path.
  const relative = `.${metricsPath}`.replace(UNSAFE, (char) => `&#${char.charCodeAt(0)};`);
  return {
    bytes: Buffer.from(html.replaceAll('METRICS_PATH', () => relative)),
    type: 'text/html; charset=utf-8',
    headers: {
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
    },
  };
}
