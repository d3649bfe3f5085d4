// The page for people where the server is gone, says no, or nobody looks.

import test, { type ExecutionContext } from 'ava';
import { Gauge, startMetricsServer } from '../../../src/index.js';
import { TestBrowser } from '../../helpers/browser.js';
import { startPage } from '../../helpers/report.js';

const browser = new TestBrowser(test);

new Gauge({ name: 'there', help: 'There.' }).set(1);

async function start(t: ExecutionContext, port: number) {
  const server = await startMetricsServer({ port });
  t.teardown(() => server.close());
  return server;
}

test('it says that the server cannot be reached, keeps what it knew, and goes on when it is back', async (t) => {
  const server = await start(t, 0);
  const port = server.address?.port as number;
  const { page } = await browser.visit(t, `http://127.0.0.1:${port}/#every=1`);
  await server.close();
  const alert = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
  await alert.waitFor();
  t.regex((await alert.textContent()) ?? '', /Below is what was read at /);
  t.true(await page.getByRole('button', { name: 'there', exact: true }).isVisible());
  await page.getByRole('status').getByText('No answer').waitFor();
  t.is(await page.title(), 'No answer – Metrics');
  await start(t, port);
  await alert.waitFor({ state: 'hidden' });
  await page.getByRole('status').getByText('Live').waitFor();
  t.is(await page.title(), 'Metrics');
});

test('it shows why the server has nothing to serve', async (t) => {
  const { page } = await browser.tab(t);
  await page.goto(await startPage(t, { dir: '/nonexistent/metrics' }));
  const alert = page.getByRole('alert').filter({ hasText: 'The server answers 503' });
  await alert.filter({ hasText: '/nonexistent/metrics does not exist' }).waitFor();
  t.pass();
});

test('it says so where it cannot read what the server says, and goes on when it can', async (t) => {
  const { page } = await browser.tab(t);
  const url = await startPage(t);
  await page.route('**/api/families?*', (route) => route.fulfill({ json: { families: 7 } }));
  await page.goto(`${url}#every=1`);
  const alert = page.getByRole('alert').filter({ hasText: 'what this page cannot read' });
  await alert.waitFor();
  await page.unroute('**/api/families?*');
  await page.getByRole('status').getByText('Live').waitFor();
  t.false(await alert.isVisible());
});

test('it asks for a token, says when it is the wrong one, and keeps the right one in the tab', async (t) => {
  const { page } = await browser.tab(t);
  const url = await startPage(t, { token: 'let-me-in' });
  await page.goto(url);
  const field = page.getByRole('textbox', { name: 'Token' }).or(page.getByLabel('Token'));
  await page.getByText('The server asks for a token.').waitFor();
  await field.fill('wrong');
  await field.press('Enter');
  await page.getByText('The server does not take this token.').waitFor();
  await field.fill('let-me-in');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await page.getByRole('status').getByText('Live').waitFor();
  t.false(await field.isVisible());
  await page.reload();
  await page.getByRole('status').getByText('Live').waitFor();
  t.is(await page.evaluate('localStorage.length'), 0);
  t.is(await page.evaluate('document.cookie'), '');

  // The browser alone would ask for the page of metrics without it.
  const tab = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'OpenMetrics' }).click();
  await (await tab).getByText('# EOF').waitFor();

  const { page: another } = await browser.tab(t);
  await another.goto(url);
  await another.getByText('The server asks for a token.').waitFor();
});

test('it works under basic authentication', async (t) => {
  const basicAuth = { username: 'ops', password: 'night' };
  const url = await startPage(t, { basicAuth });
  const options = { httpCredentials: { ...basicAuth, origin: new URL(url).origin } };
  const { page } = await browser.visit(t, url, options);
  t.true(await page.getByRole('button', { name: 'there', exact: true }).isVisible());
});

/** In it the page is hidden as long as `window.away` is true. */
const HIDEABLE = `Object.defineProperty(document, 'hidden', { get: () => window.away === true });`;

test('it rests while nobody looks or it is paused, and looks at once when somebody does', async (t) => {
  const { page } = await browser.tab(t);
  await page.clock.install();
  await page.addInitScript(HIDEABLE);
  await page.goto(`${await startPage(t)}#every=1`);
  await page.getByRole('status').getByText('Live').waitFor();
  let asked = 0;
  page.on('request', () => {
    asked++;
  });
  const answered = () => page.waitForResponse(/api\/families/);
  const turn = (away: boolean) =>
    page.evaluate(`window.away = ${away}; document.dispatchEvent(new Event('visibilitychange'))`);

  const first = answered();
  await page.clock.runFor(1_000);
  await first;
  await turn(true);
  asked = 0;
  await page.clock.runFor(60_000);
  t.is(asked, 0);
  const back = answered();
  await turn(false);
  await back;

  await page.keyboard.press('p');
  const pause = page.getByRole('button', { name: 'Pause' });
  t.is(await pause.getAttribute('aria-pressed'), 'true');
  asked = 0;
  await page.clock.runFor(60_000);
  t.is(asked, 0);
  await page.getByRole('status').getByText('Paused').waitFor();
  const again = answered();
  await pause.click();
  await again;
});
