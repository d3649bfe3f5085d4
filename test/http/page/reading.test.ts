// The page for people in a real browser: what somebody reads, finds and opens on it.

import test from 'ava';
import type { Page } from 'playwright-core';
import { Counter, Gauge, Histogram } from '../../../src/index.js';
import { expectedBackends } from '../../helpers/backends.js';
import { TestBrowser } from '../../helpers/browser.js';
import { startPage } from '../../helpers/report.js';
import { openScene } from '../../helpers/scene.js';

const browser = new TestBrowser(test);

/** Text of the cells of a family's row. */
function row(page: Page, name: string) {
  return page
    .locator('tr.family-row')
    .filter({ has: page.getByRole('button', { name, exact: true }) });
}

/** Waits until a row's text says so. */
async function shows(page: Page, name: string, text: string | RegExp): Promise<void> {
  await row(page, name).filter({ hasText: text }).waitFor();
}

function names(page: Page): Promise<string[]> {
  return page.locator('button.family').allTextContents();
}

for (const backend of expectedBackends()) {
  test(`${backend}: it shows writers that live and one that is killed, and what they count`, async (t) => {
    const scene = openScene(t, backend);
    const [one, two] = [scene.start(), scene.start()];
    for (const writer of [one, two]) {
      await writer.make('Counter', { name: 'shared_total', help: 'Shared.' });
      await writer.call('shared_total', 'inc', 2);
    }
    const url = await startPage(t, { dir: scene.dir });
    const { page, errors } = await browser.visit(t, `${url}#every=1`);
    await shows(page, 'shared_total', /counter.*4/s);
    const writer = (pid: number, state: string) =>
      page.getByRole('row', { name: `${pid} ${state}` }).waitFor();
    await writer(one.pid, 'live');
    await writer(two.pid, 'live');

    await one.call('shared_total', 'inc', 3);
    await shows(page, 'shared_total', /counter.*7.*\/s/s);
    await two.kill();
    await writer(two.pid, 'ended');
    await page.getByText('What ended writers left is in the archive').waitFor();
    await shows(page, 'shared_total', '7');
    await writer(one.pid, 'live');
    t.deepEqual(errors, []);
  });
}

test('a search narrows families and their series, and Escape ends it', async (t) => {
  const counter = new Counter({ name: 'apples_total', help: 'Fruit.', labelNames: ['at'] });
  for (const at of ['Bonn', 'Graz']) counter.inc({ at });
  new Gauge({ name: 'pears', help: 'Fruit.' }).set(1);
  const { page } = await browser.visit(t, await startPage(t));
  t.true((await names(page)).length > 2);
  await page.keyboard.press('/');
  await page.keyboard.type('FRUIT');
  await page.getByText('2 families, 3 series').waitFor();
  t.deepEqual(await names(page), ['apples_total', 'pears']);
  await page.getByRole('combobox', { name: 'Type' }).selectOption('gauge');
  await page.getByText('1 family, 1 series').waitFor();
  await page.getByRole('combobox', { name: 'Type' }).selectOption('');
  await page.getByRole('searchbox').fill('at=graz');
  await page.getByText('1 family, 1 series').waitFor();
  await page.getByRole('button', { name: 'apples_total' }).press('Enter');
  await page.getByText('{at="Graz"}').waitFor();
  t.is(await page.getByText('{at="Bonn"}').count(), 0);
  await page.getByRole('searchbox').fill('nothing of the kind');
  await page.getByText('Nothing here has that.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('{at="Bonn"}').waitFor();
});

test('a family that is open stays so while it is refreshed and after a reload, where it was', async (t) => {
  const gauge = new Gauge({ name: 'moving', help: 'Moves.', labelNames: ['of'] });
  gauge.set({ of: 'it' }, 1);
  for (let i = 0; i < 80; i++) new Gauge({ name: `filler_${i}`, help: 'Fills.' }).set(i);
  const { page } = await browser.visit(t, `${await startPage(t)}#every=1`);
  const button = page.getByRole('button', { name: 'moving', exact: true });
  await button.press('Enter');
  t.is(await button.getAttribute('aria-expanded'), 'true');
  const series = page.getByRole('table', { name: 'Series of moving' });
  await series.getByText('{of="it"}').waitFor();
  await button.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const scrolled = await page.evaluate('scrollY');
  t.true((scrolled as number) > 100);
  gauge.set({ of: 'it' }, 77);
  await series.getByRole('cell', { name: '77', exact: true }).waitFor();
  t.is(await page.evaluate('scrollY'), scrolled);
  t.true(await button.evaluate((element) => element.matches(':focus')));
  await page.reload();
  await series.getByRole('cell', { name: '77', exact: true }).waitFor();
  await button.press('Enter');
  t.is(await button.getAttribute('aria-expanded'), 'false');
  await series.waitFor({ state: 'hidden' });
});

test('a table is sorted by the head that is pressed, and again the other way round', async (t) => {
  for (const [i, name] of ['sorted_b', 'sorted_c', 'sorted_a'].entries()) {
    new Gauge({ name, help: 'Sortable.' }).set(10 - i);
  }
  const { page } = await browser.visit(t, `${await startPage(t)}#search=sortable.`);
  t.deepEqual(await names(page), ['sorted_a', 'sorted_b', 'sorted_c']);
  const head = page.getByRole('columnheader', { name: 'Now' });
  await head.getByRole('button').click();
  t.is(await head.getAttribute('aria-sort'), 'descending');
  t.deepEqual(await names(page), ['sorted_b', 'sorted_c', 'sorted_a']);
  await head.getByRole('button').click();
  t.is(await head.getAttribute('aria-sort'), 'ascending');
  t.deepEqual(await names(page), ['sorted_a', 'sorted_c', 'sorted_b']);
});

test('a histogram is drawn as bars, with the quantiles of late or of all time', async (t) => {
  const histogram = new Histogram({
    name: 'waits_seconds',
    help: 'Waits.',
    buckets: [0.1, 0.2, 0.4],
  });
  for (let i = 0; i < 100; i++) histogram.observe(i < 50 ? 0.05 : i < 95 ? 0.15 : 9);
  const { page } = await browser.visit(t, `${await startPage(t)}#every=1&open=waits_seconds`);
  const facts = page.locator('.histogram .facts');
  const read = async () => (await facts.textContent())?.replaceAll('\u00a0', ' ');
  // 50 of 100 are at most 0.1, 95 at most 0.2; beyond 0.4 nothing is known but that.
  t.is(await read(), 'p50100 msp90189 msp99400 msmean543 mscount100');
  const bars = page.locator('.bars li');
  t.deepEqual(
    (await bars.allTextContents()).map((text) => text.replaceAll('\u00a0', ' ')),
    ['≤ 100 ms50.0 %50p50', '≤ 200 ms45.0 %45p90', '≤ 400 ms0.0 %0', '> 400 ms5.0 %5p99'],
  );
  const widths = await bars
    .locator('rect')
    .evaluateAll((rects) => rects.map((rect) => Number(rect.getAttribute('width'))));
  t.deepEqual(widths, [100, 90, 0, 10]);

  for (let i = 0; i < 10; i++) histogram.observe(0.3);
  await facts.getByText('380').waitFor();
  t.is(await page.getByRole('button', { name: 'Last 60 s' }).getAttribute('aria-pressed'), 'true');
  t.is(await read(), 'p50300 msp90380 msp99398 msmean300 mscount10');
  await page.getByRole('button', { name: 'All time' }).click();
  await facts.getByText('110').waitFor();
});

test('of many series there are some, and more when they are asked for', async (t) => {
  const counter = new Counter({ name: 'crowd_total', help: 'Many.', labelNames: ['i'] });
  for (let i = 0; i < 60; i++) counter.inc({ i });
  const { page } = await browser.visit(t, `${await startPage(t)}#open=crowd_total`);
  const lines = page.getByRole('table', { name: 'Series of crowd_total' }).locator('tbody tr');
  await page.getByText('25 of 60').waitFor();
  t.is(await lines.count(), 25);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('50 of 60').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('50 of 60').waitFor({ state: 'hidden' });
  t.is(await lines.count(), 60);
});

test('the page of metrics is a link away, in both formats', async (t) => {
  new Gauge({ name: 'linked', help: 'Linked.' }).set(1);
  const { page } = await browser.visit(t, await startPage(t, { path: "/inner/m'&lt;" }));
  const links = page.getByRole('navigation').getByRole('link');
  const hrefs = await links.evaluateAll((all) =>
    all.map((link) => (link as { href?: string }).href),
  );
  const [text, openMetrics] = await Promise.all(
    hrefs.map(async (href) => (await page.request.get(href as string)).text()),
  );
  t.regex(text as string, /^linked 1$/m);
  t.notRegex(text as string, /# EOF/);
  t.regex(openMetrics as string, /# EOF\n$/);
});
