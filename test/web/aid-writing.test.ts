import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openAidPages, type AidPages } from '../support/aid-page.ts';

describe.skipIf(!existsSync(CHROMIUM))('Writing in the communication aid, in Chromium', () => {
  let pages: AidPages;
  beforeAll(async () => {
    pages = await openAidPages();
  }, 120_000);
  afterAll(() => pages[Symbol.asyncDispose]());

  test('words are taken by a press or a digit, a full stop goes to its word, and what is said is learned', async () => {
    const page = await pages.open();
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"digitKeys":true}')`);
    await page.reload();
    const text = page.locator('[data-aid="text"]');
    await page.locator('.aid-word', { hasText: 'I think' }).click();
    await text.pressSequentially('th');
    await page.keyboard.press('1');
    await page.keyboard.press('.');
    expect(await text.inputValue()).toMatch(/^I think th\w+\. $/);
    await text.fill('Zebedee is here');
    await page.keyboard.press('Enter');
    await text.pressSequentially('and Zeb');
    await page.locator('.aid-word', { hasText: 'Zebedee' }).waitFor();
    await page.getByText('Words that are offered').click();
    await page.getByRole('button', { name: 'Forget what was learned' }).click();
    await page.waitForFunction(`!document.querySelector('[data-aid="words"]').textContent.includes('Zebedee')`);
    await page.context().close();
  });

  test('a sentence in another language goes out in that language, and the page says so before', async () => {
    const page = await pages.open({ query: 'lang=en' });
    const text = page.locator('[data-aid="text"]');
    await text.fill('Good morning. أريد أن أشرب الماء.');
    expect(await page.locator('[data-aid="language"]').textContent()).toBe('Will be spoken in Arabic');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(`window.harness.sent.filter(({ type }) => type === 'speech-say')`)).toMatchObject([
      { text: 'Good morning. ', language: 'en', policy: 'duck' },
      { text: 'أريد أن أشرب الماء.', language: 'ar' },
    ]);
    await page.context().close();
  });
});
