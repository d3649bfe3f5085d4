import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestFn } from 'ava';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Teardown } from './temporary-directory.js';

/** Debian's, without what would ask the network. */
const EXECUTABLE = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds for which a condition is waited for: a machine may be stopped meanwhile. */
const TIMEOUT_MS = 20_000;

const artefacts = fileURLToPath(new URL('../../../artefacts/', import.meta.url));

export interface Visit {
  readonly page: Page;
  /** Errors of scripts and of the console: of the policy, too. */
  readonly errors: string[];
}

/** One browser for all tests of a file: each visit has no memory of another. */
export class TestBrowser {
  #browser: Browser | undefined;

  constructor(test: TestFn<unknown>) {
    test.before(async () => {
      this.#browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
    });
    test.after.always(async () => {
      await this.#browser?.close();
    });
  }

  /** A tab that is closed with the test. */
  async tab(t: Teardown, options: BrowserContextOptions = {}): Promise<Visit> {
    if (this.#browser === undefined) throw new Error('the browser did not start');
    const context = await this.#browser.newContext(options);
    t.teardown(() => context.close());
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    return { page, errors };
  }

  /** Opens a page and waits until it shows what the server says. */
  async visit(t: Teardown, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const visit = await this.tab(t, options);
    await visit.page.goto(url);
    await visit.page.getByRole('status').getByText('Live').waitFor();
    return visit;
  }
}

/** Keeps what a page looks like, as a file of `artefacts/`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: `${artefacts}${name}.png`, fullPage: true });
}
