// How the page for people looks: its screenshots are kept in `artefacts/`.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { expectedBackends } from '../../helpers/backends.js';
import { keepScreenshot, TestBrowser } from '../../helpers/browser.js';
import { startPage } from '../../helpers/report.js';
import { openScene, type WriterProcess } from '../../helpers/scene.js';

const browser = new TestBrowser(test);
const SCHEMES = ['light', 'dark'] as const;
const SIZES = {
  desktop: { width: 1280, height: 1000 },
  phone: { width: 360, height: 740 },
} as const;
const NAME = 'http_request_duration_seconds';

/** Metrics of an application that is asked for things. */
async function begin(writer: WriterProcess): Promise<void> {
  await writer.make('Counter', {
    name: 'http_requests_total',
    help: 'Requests by method and status.',
    labelNames: ['method', 'status'],
  });
  await writer.make('Histogram', {
    name: NAME,
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route'],
  });
  await writer.make('Gauge', {
    name: 'queue_length',
    help: 'Jobs that wait.',
    labelNames: ['queue'],
  });
  await writer.make('Gauge', { name: 'resident_memory_bytes', help: 'Memory of the process.' });
  await writer.make('Summary', { name: 'job_duration_seconds', help: 'Time that a job takes.' });
}

async function work(writer: WriterProcess, round: number): Promise<void> {
  const amount = 3 + Math.round(2 * Math.sin(round));
  await writer.call('http_requests_total', 'inc', { method: 'GET', status: '200' }, 40 * amount);
  await writer.call('http_requests_total', 'inc', { method: 'POST', status: '500' }, round % 2);
  for (let i = 0; i < 4 * amount; i++) {
    const route = i % 3 === 0 ? '/orders/:id' : '/';
    await writer.call(NAME, 'observe', { route }, 0.004 * 2 ** ((i * 5) % 7));
  }
  await writer.call('queue_length', 'set', { queue: 'mail' }, 2 * amount);
  await writer.call('queue_length', 'set', { queue: 'thumbnails' }, (3 * round) % 4);
  await writer.call('resident_memory_bytes', 'set', 9e7 + 1e6 * round);
  await writer.call('job_duration_seconds', 'observe', 0.2 * amount);
}

/** An application whose one worker was killed, beside a file that cannot be read. */
async function openApplication(t: ExecutionContext) {
  const [backend = 'file'] = expectedBackends();
  const scene = openScene(t, backend);
  const writers = Array.from({ length: 4 }, () => scene.start());
  for (const writer of writers) await begin(writer);
  for (const writer of writers) await work(writer, 0);
  writeFileSync(join(scene.dir, '71-0-0123456789abcdef.pmp'), 'half a file');
  return { url: await startPage(t, { dir: scene.dir }), writers };
}

const horizontal = (page: Page) =>
  page.evaluate('[document.documentElement.scrollWidth, innerWidth]') as Promise<number[]>;

/** Texts that stand out too little from what is behind them, by WCAG 2.2, 1.4.3. */
const FAINT = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e !== null; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || !element.checkVisibility() || element.tagName === 'OPTION') continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(parse(style.color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 30));
  }
  return faint;
})()`;

test('it can be read in light and dark, at a desk and on a phone', async (t) => {
  const { url, writers } = await openApplication(t);
  const pages = new Map<string, Page>();
  const kinds = SCHEMES.flatMap((scheme) =>
    (['desktop', 'phone'] as const).map((size) => [scheme, size] as const),
  );
  for (const [colorScheme, size] of kinds) {
    const options = { colorScheme, viewport: SIZES[size] };
    const { page } = await browser.visit(t, `${url}#every=1&open=${NAME}`, options);
    pages.set(`${colorScheme}-${size}`, page);
  }
  const all = [...pages.values()];
  for (let round = 1; round <= 12; round++) {
    if (round === 8) await writers[3]?.kill();
    const read = all.map((page) => page.waitForResponse(/limit=0/));
    for (const writer of writers.slice(0, round < 8 ? 4 : 3)) await work(writer, round);
    await Promise.all(read);
  }
  for (const [name, page] of pages) {
    await page.getByText('ended', { exact: true }).waitFor();
    await page.getByText('File skipped').waitFor();
    await page.getByText('{route="/orders/:id"}').waitFor();
    t.deepEqual(await page.evaluate(FAINT), [], name);
    const [content, width] = await horizontal(page);
    t.is(content, width, name);
    await keepScreenshot(page, name);
  }
  const background = (name: string) =>
    pages.get(name)?.evaluate('getComputedStyle(document.body).backgroundColor');
  t.not(await background('light-desktop'), await background('dark-desktop'));
});
