// The page for people where what it shows, or what is put into it, means harm.

import test from 'ava';
import type { Page } from 'playwright-core';
import { Gauge } from '../../../src/index.js';
import { TestBrowser } from '../../helpers/browser.js';
import { startPage } from '../../helpers/report.js';

const browser = new TestBrowser(test);

const HOSTILE = [
  '<script>window.harmed = true</script>',
  '<img src=x onerror="window.harmed = true">',
  '"><svg onload=window.harmed=true>',
  '</bdi></td></tr></table></script></style><h1 id="harm">harm</h1>',
  'javascript:window.harmed=true',
  "' onmouseover='window.harmed=true",
  '\u202egpj.exe\u2066\u200b\u2028\u0000\u0007\n',
  '{{constructor.constructor("window.harmed=true")()}}',
  '\ud800',
  `${'w'.repeat(20_000)}`,
];

const harmed = (page: Page) =>
  page.evaluate(`Boolean(window.harmed) || document.getElementById('harm') !== null`);

/** Elements of the page by tag: what text has made would be more. */
const tags = (page: Page) =>
  page.evaluate(`[...new Set([...document.querySelectorAll('*')].map((e) => e.tagName))].sort()`);

test('hostile names of labels, values and help are shown as text, and do nothing', async (t) => {
  const gauge = new Gauge({
    name: 'hostile',
    help: `${HOSTILE.join(' ')} ${'h'.repeat(5_000)}`,
    labelNames: ['v', '__proto__', 'constructor'],
  });
  for (const v of HOSTILE) {
    gauge.set(JSON.parse(`{"v":${JSON.stringify(v)},"__proto__":"<b>","constructor":"x"}`), 1);
  }
  const plain = new Gauge({ name: 'plain', help: 'Plain.', labelNames: ['v'] });
  plain.set({ v: 'a' }, 1);
  const url = await startPage(t);
  const { page: ordinary } = await browser.visit(t, `${url}#open=plain`);
  await ordinary.getByText('{v="a"}').waitFor();
  const options = { viewport: { width: 1280, height: 900 } };
  const { page, errors } = await browser.visit(t, `${url}#open=hostile`, options);
  const series = page.getByRole('table', { name: 'Series of hostile' });
  await series.getByText('<img src=x onerror=').waitFor();
  t.is(await series.locator('tbody tr').count(), HOSTILE.length);
  for (const text of HOSTILE.slice(0, 6)) {
    t.is(await series.getByText(text, { exact: false }).count(), 1, text);
  }
  // What cannot be seen, or turns what stands beside it, is spelled out.
  await series.getByText('\\u202egpj.exe\\u2066\\u200b\\u2028\\u0000\\u0007\\u000a').waitFor();
  await series.getByText('… (20000)').waitFor();
  t.deepEqual(await tags(page), await tags(ordinary));
  t.false(await harmed(page));
  t.is(await page.evaluate('document.documentElement.scrollWidth'), 1280);
  t.deepEqual(errors, []);
});

test('a hostile address is a search for it', async (t) => {
  const [, hostile = ''] = HOSTILE;
  const search = encodeURIComponent(hostile);
  const url = `${await startPage(t)}#search=${search}&open=${search}&type=${search}&sort=__proto__&every=0`;
  const { page, errors } = await browser.visit(t, url);
  t.is(await page.getByRole('searchbox').inputValue(), hostile);
  await page.getByText('Nothing here has that.').waitFor();
  t.false(await harmed(page));
  t.deepEqual(errors, []);
});

/** Opens the page with these elements put into it on the way, and says what they did. */
async function injected(page: Page, url: string, policy: 'with' | 'without'): Promise<unknown> {
  await page.route(url, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    if (policy === 'without') delete headers['content-security-policy'];
    const body = (await response.text()).replace(
      '<main>',
      `<main><script>window.byScript = true</script>
      <img src="${url}none.png" onerror="window.byHandler = true">
      <p id="styled" style="position: fixed">x</p>
      <iframe srcdoc="<p>x</p>"></iframe>`,
    );
    await route.fulfill({ response, headers, body });
  });
  await page.goto(url);
  await page.getByRole('status').getByText('Live').waitFor();
  return page.evaluate(`({
    byScript: Boolean(window.byScript),
    byHandler: Boolean(window.byHandler),
    byStyle: getComputedStyle(document.getElementById('styled')).position === 'fixed',
    byAssigning: (() => {
      try { document.getElementById('styled').innerHTML = '<b></b>'; return true; } catch { return false; }
    })(),
  })`);
}

test('the policy is enforced: what is put into the page on its way does not run', async (t) => {
  const url = await startPage(t);
  const { page, errors } = await browser.tab(t);
  const nothing = { byScript: false, byHandler: false, byStyle: false, byAssigning: false };
  t.deepEqual(await injected(page, url, 'with'), nothing);
  t.true(errors.some((text) => /Content Security Policy/.test(text)));
  // That it would run without the policy shows that the policy is what keeps it from it.
  const { page: unguarded } = await browser.tab(t);
  const all = { byScript: true, byHandler: true, byStyle: true, byAssigning: true };
  t.deepEqual(await injected(unguarded, url, 'without'), all);
});

test('the page asks its own server and nobody else', async (t) => {
  const url = await startPage(t);
  const { page } = await browser.tab(t);
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(request.url()));
  await page.goto(url);
  await page.getByRole('status').getByText('Live').waitFor();
  const others = [...asked].filter((one) => !one.startsWith('data:'));
  t.deepEqual(others.sort(), [url, `${url}api/families?limit=0`]);
});

test('the page cannot be framed', async (t) => {
  const url = await startPage(t);
  const { page } = await browser.tab(t);
  const refused = page.waitForEvent('console', (message) => /\bframe/i.test(message.text()));
  await page.setContent(`<iframe src="${url}"></iframe>`);
  t.regex((await refused).text(), /frame-ancestors 'none'/);
});
