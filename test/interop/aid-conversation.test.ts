import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { isInstalled } from '../support/programs.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';

const hasEspeak = isInstalled('espeak-ng', '--version');

describe.skipIf(!hasEspeak)('a conversation of two who do not speak, in real Chromium', () => {
  let server: ServerProcess;
  let chromium: TestBrowser;
  /** Has a keyboard and nothing else. */
  let ada: Page;
  /** Has two switches: Space goes on, Enter chooses. */
  let grace: Page;
  let link: string;

  beforeAll(async () => {
    [server, chromium] = await Promise.all([startServer(), openBrowser()]);
    link = `${server.url}/?room=quiet&autojoin=1&microphone=off&lang=en`;
    ada = await chromium.open(`${link}&name=Ada`);
    grace = await chromium.open(server.url);
    await grace.evaluate(`localStorage.setItem('visavis.aid', '{"scan":"two"}')`);
  }, 180_000);

  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('one writes by keyboard alone, the other answers by switch alone, and both read what is said', async () => {
    await grace.goto(`${link}&name=Grace`);
    for (const page of [ada, grace]) await page.waitForSelector('.tile.playing [data-testid="remote-video"]');
    await tabTo(ada, `document.activeElement.dataset.panel === 'aid'`);
    if (await ada.locator('#panel-aid').isHidden()) await ada.keyboard.press('Enter');
    await tabTo(ada, `document.activeElement.dataset.aid === 'text'`);
    await ada.keyboard.type('Shall we begin?');
    await ada.keyboard.press('Enter');
    await hears(grace, 'Ada', 'Shall we begin?');

    await goTo(grace, 'Quick answers');
    await goTo(grace, 'Yes');
    await hears(ada, 'Grace', 'Yes');

    await ada.keyboard.press('Alt+t');
    await hears(grace, 'Ada', 'Thank you');

    await goTo(grace, 'Letters');
    for (const [row, letter] of [
      ['Letters e t o n d w', 'o'],
      ['Letters ␣ h u y k z', 'k'],
    ] as const) {
      await goTo(grace, row);
      await goTo(grace, letter);
    }
    await goTo(grace, 'Words');
    await goTo(grace, 'Say');
    await hears(ada, 'Grace', 'ok');

    await goTo(grace, 'Call controls');
    await goTo(grace, 'Leave');
    await grace.waitForSelector('#lobby', { state: 'visible' });
    await ada.locator('[data-testid="remote-video"]').waitFor({ state: 'detached' });
  }, 180_000);
});

/** Presses Tab until `condition` holds. */
async function tabTo(page: Page, condition: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await page.evaluate<boolean>(condition)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${condition}`);
}

/** Goes on with the first switch until the scan says `name`, and chooses with the second. */
async function goTo(page: Page, name: string): Promise<void> {
  const here = (): Promise<string> => page.evaluate(`document.querySelector('.aid-scan-back').textContent`);
  for (let presses = 0; presses < 60 && (await here()).replace('Scanning: ', '') !== name; presses++) {
    await page.keyboard.press('Space');
  }
  expect((await here()).replace('Scanning: ', '')).toBe(name);
  await page.keyboard.press('Enter');
}

/** A caption of what the other one says has come, and the transcript keeps it. */
async function hears(page: Page, name: string, text: string): Promise<void> {
  await page.locator('[data-testid="caption"]', { hasText: `${name}${text}` }).waitFor({ timeout: 30_000 });
  // The transcript is folded away, and there for a screen reader all the same.
  await page.locator('.aid-transcript', { hasText: `${name}${text}` }).waitFor({ state: 'attached' });
}
