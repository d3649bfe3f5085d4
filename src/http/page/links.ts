import { hasToken, readPage, type Trouble, troubleOf } from './api.js';

/**
 * Links to the page of metrics are followed by the browser, which knows no token; with one,
 * the page is read here and shown in a tab of its own.
 */
export function openPagesWithToken(onTrouble: (trouble: Trouble) => void): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-page]')) {
    link.addEventListener('click', (event) => {
      if (!hasToken()) return;
      event.preventDefault();
      // In the click itself: what is opened later is taken for a pop-up.
      const tab = open('about:blank');
      readPage(link.href).then(
        (text) => show(tab, text),
        (error: unknown) => {
          tab?.close();
          onTrouble(troubleOf(error));
        },
      );
    });
  }
}

function show(tab: Window | null, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  if (tab === null) location.assign(url);
  else tab.location.replace(url);
}
