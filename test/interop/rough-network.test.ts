import { expect, test } from 'vitest';
import { RoughLink } from '../../bench/support/rough-link.ts';
import { waitForPictures } from '../support/browser.ts';
import { servedBrowser } from '../support/served-browser.ts';

const SELF = '[data-testid="self-video"]';
const CLEAR = { loss: 0, jitterMs: 0 };

const served = servedBrowser();

test('a page behind a rough link sees moving pictures: through loss, shuffled packets and a cut', async () => {
  const { chromium, server } = served;
  const page = await chromium.open('about:blank');
  const links = await RoughLink.lead(page, CLEAR);
  try {
    await page.goto(`${server.url}/?room=rough&autojoin=1&microphone=off`);
    await waitForPictures(page, SELF, 10);
    expect(links.length).toBeGreaterThan(0);
    for (const weather of [
      { loss: 0.05, jitterMs: 0 },
      { loss: 0.15, jitterMs: 30 },
    ]) {
      for (const link of links) link.weather = weather;
      await waitForPictures(page, SELF, 60);
    }
    for (const link of links) link.weather = { loss: 1, jitterMs: 0 };
    await page.waitForTimeout(2000);
    for (const link of links) link.weather = CLEAR;
    await waitForPictures(page, SELF, 25);
    expect(await page.textContent('#state-text')).toBe('Live');
    expect(chromium.problems).toEqual([]);
  } finally {
    await page.context().close();
    for (const link of links) link.close();
  }
}, 120_000);
