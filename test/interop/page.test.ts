import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { waitForPictures } from '../support/browser.ts';
import { servedBrowser } from '../support/served-browser.ts';

const SELF = '[data-testid="self-video"]';
const ROOT = resolve(import.meta.dirname, '..', '..');
/** For whoever wants to look at what the tests saw. */
const SHOTS = resolve(ROOT, 'build', 'screenshots');

const served = servedBrowser();

beforeAll(() => {
  mkdirSync(SHOTS, { recursive: true });
});

describe('the page', () => {
  test('by keyboard alone: name, room, join, mute, leave', async () => {
    const page = await served.chromium.open(`${served.server.url}/?room=keys`);
    await page.focus('#name');
    await page.keyboard.type('Ada');
    for (let steps = 0; steps < 20 && (await focused(page)) !== 'join-button'; steps++)
      await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('join-button');
    await page.keyboard.press('Enter');
    await waitForPictures(page, SELF, 1);
    expect(await page.textContent('#self-name')).toBe('Ada');
    await page.keyboard.press('Alt+KeyM');
    expect(await page.getAttribute('#mute', 'aria-label')).toBe('Unmute');
    expect(await page.textContent('#announcer')).toContain('off');
    for (let steps = 0; steps < 30 && (await focused(page)) !== 'leave'; steps++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#lobby', { state: 'visible' });
  }, 120_000);

  test('the microphone test shows the voice', async () => {
    const page = await served.chromium.open(served.server.url);
    await page.click('#mic-test');
    await expect
      .poll(async () => Number(await page.getAttribute('#mic-meter', 'aria-valuenow')), { timeout: 30_000 })
      .toBeGreaterThan(30);
  }, 60_000);

  test('a portrait that the server is still enrolling joins the list by itself', async () => {
    const page = await served.chromium.open('about:blank');
    let asked = 0;
    let all = 0;
    await page.route('**/api/v1/portraits', async (route) => {
      const response = await route.fetch();
      const { portraits } = (await response.json()) as { portraits: unknown[] };
      const early = asked++ === 0;
      all = portraits.length;
      await route.fulfill({
        response,
        json: { portraits: early ? portraits.slice(0, 1) : portraits, arriving: Number(early) },
      });
    });
    await page.goto(served.server.url);
    await page.waitForSelector('.portrait img');
    const first = await page.locator('.portrait img').count();
    await page.waitForSelector('.portrait >> nth=1');
    expect(all).toBeGreaterThan(1);
    expect([first, await page.locator('.portrait img').count(), asked]).toEqual([1, all, 2]);
  }, 60_000);

  test('a picture without consent, and one without a face, are refused in words; a good one is chosen', async () => {
    const page = await served.chromium.open(served.server.url);
    await page.click('#portrait-add');
    await page.setInputFiles('#upload-file', resolve(ROOT, 'models/portraits/drawn.png'));
    await page.click('#upload-send');
    expect(await page.textContent('#upload-error')).toContain('whose face');
    await page.check('input[name="basis"][value="artwork"]');
    await page.setInputFiles('#upload-file', {
      name: 'nothing.png',
      mimeType: 'image/png',
      buffer: Buffer.from('not a picture'),
    });
    await page.click('#upload-send');
    await expect.poll(() => page.textContent('#upload-error'), { timeout: 60_000 }).toContain('no picture');
    await page.setInputFiles('#upload-file', resolve(ROOT, 'models/portraits/drawn.png'));
    await page.fill('#upload-name', 'My drawing');
    await page.click('#upload-send');
    await page.waitForSelector('#upload', { state: 'hidden', timeout: 120_000 });
    await expect.poll(() => page.textContent('#portrait-list'), { timeout: 20_000 }).toContain('My drawing');
    expect(await page.isChecked('.portrait:has-text("My drawing") input')).toBe(true);
  }, 240_000);

  test.each([
    ['desktop-light', { width: 1280, height: 800 }, 'light'],
    ['phone-dark', { width: 390, height: 844 }, 'dark'],
  ] as const)('%s: nothing is cut off, and statistics are there on demand', async (name, viewport, colorScheme) => {
    const lobby = await served.chromium.open(served.server.url, { viewport, colorScheme });
    await lobby.waitForSelector('.portrait img');
    await lobby.screenshot({ path: resolve(SHOTS, `lobby-${name}.png`) });
    expect(await overflow(lobby)).toBeLessThanOrEqual(0);
    await lobby.context().close();
    const page = await served.chromium.open(`${served.server.url}/?room=shot&autojoin=1&name=Ada`, {
      viewport,
      colorScheme,
    });
    await waitForPictures(page, SELF, 2);
    await page.screenshot({ path: resolve(SHOTS, `call-${name}.png`) });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.click('button[data-panel="statistics"]');
    await expect.poll(() => page.textContent('#statistics'), { timeout: 20_000 }).toContain('512×512');
    await page.click('button[data-panel="expression"]');
    await page.check('input[name="emotion"][value="happy"]', { force: true });
    await page.screenshot({ path: resolve(SHOTS, `expression-${name}.png`) });
  });

  test('nothing went wrong on any page', () => {
    // The refused upload is reported by the browser as a failed request.
    expect(served.chromium.problems.filter((problem) => !problem.includes('status of 4'))).toEqual([]);
  });
});

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.id');
}

/** How much wider than the window the page is. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}
