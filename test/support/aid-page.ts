import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '../..');

export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** The page with the aid in it and no server: built once, opened as often as a test wants. */
export interface AidPages extends AsyncDisposable {
  open(options?: BrowserContextOptions & { readonly query?: string }): Promise<Page>;
}

export async function openAidPages(): Promise<AidPages> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-aid-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: { page: 'test/web/aid-harness.mjs', style: 'web/styles/page.css' },
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'chrome110',
    logLevel: 'error',
  });
  const html = (await readFile(join(ROOT, 'web/index.html'), 'utf8'))
    .replace('{{settings}}', '{}')
    .replace('{{style}}', 'style.css')
    .replace('<link rel="prefetch" href="{{parts}}" />', '')
    // A module may not be loaded from a file.
    .replace('type="module" async src="{{script}}"', 'defer src="page.js"');
  if (html.includes('{{')) throw new Error('web/index.html has a place that this page does not fill');
  await writeFile(join(folder, 'index.html'), html);
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  return {
    async open({ query = '', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      await page.goto(`${pathToFileURL(join(folder, 'index.html')).href}?${query}`);
      await page.waitForFunction('window.harness !== undefined');
      return page;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
