import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { servedBrowser } from '../support/served-browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the page as it is served, for everyone', () => {
  const served = servedBrowser();

  test.each([
    ['en', 'light', 1280],
    ['de', 'dark', 390],
    ['es', 'contrast', 1280],
    ['ar', 'light', 390],
  ] as const)(
    'axe finds no violation in lobby and call: %s, %s, %i px',
    async (lang, theme, width) => {
      // The page's policy keeps out what is not its own, axe too.
      const options = { bypassCSP: true, viewport: { width, height: 850 } };
      const look = `lang=${lang}&theme=${theme}`;
      const { chromium, server } = served;
      const lobby = await chromium.open(`${server.url}/?${look}`, options);
      await lobby.waitForSelector('.portrait img');
      expect(await violations(lobby)).toEqual([]);
      await lobby.context().close();
      const call = await chromium.open(`${server.url}/?${look}&room=${lang}&autojoin=1&microphone=off`, options);
      await call.waitForSelector('#self.playing');
      for (const panel of ['expression', 'people', 'aid', 'statistics']) {
        await call.click(`button[data-panel="${panel}"]`);
        expect(await violations(call), panel).toEqual([]);
      }
      await call.locator('#panel-title').focus();
      await call.keyboard.press('?');
      await call.waitForSelector('dialog[open] .shortcuts');
      expect(await violations(call), 'help').toEqual([]);
      await call.keyboard.press('Escape');
      await call.waitForSelector('dialog .shortcuts', { state: 'hidden' });
      // Nothing is cut off at the side either.
      const tooWide = await call.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(tooWide).toBeLessThanOrEqual(0);
      await call.context().close();
    },
    120_000,
  );
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0]?.html.slice(0, 160)))`,
  );
}
