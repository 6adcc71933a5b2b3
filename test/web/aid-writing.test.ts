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
    await page.getByText('Word suggestions').click();
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

  test('a pointer that rests on a key presses it, and nothing while it is put to rest', async () => {
    const page = await pages.open({ query: 'lang=en' });
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"dwell":true,"hoverS":0.3,"large":true}')`);
    await page.reload();
    const said = (): Promise<string[]> =>
      page.evaluate(`window.harness.sent.filter(({ type }) => type === 'speech-say').map(({ text }) => text)`);
    await page.locator('[data-aid="quick-yes"]').hover();
    await page.locator('.aid-dwell-ring').waitFor();
    await page.waitForFunction(`window.harness.sent.some(({ type }) => type === 'speech-say')`);
    await page.locator('[data-aid="rest"]').hover();
    await page.locator('[data-aid="rest"][aria-pressed="true"]').waitFor();
    await page.locator('[data-aid="quick-no"]').hover();
    await page.waitForTimeout(500);
    expect(await said()).toEqual(['[nod] Yes']);
    await page.context().close();
  });

  test('boards of another program are read, pictures too, and saved again', async () => {
    const page = await pages.open({ query: 'lang=en' });
    const picture =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const board = {
      name: 'Snacks',
      buttons: [{ id: 1, label: 'I want an apple', image_id: 1 }],
      images: [{ id: 1, data: picture }],
    };
    await page.getByRole('button', { name: 'Change phrases' }).click();
    await page.locator('input[accept*=".obf"]').setInputFiles({
      name: 'snacks.obf',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(board)),
    });
    await page.locator('.aid-phrase', { hasText: 'I want an apple' }).locator('img').waitFor();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('[data-aid="export-boards"]').click(),
    ]);
    expect(saved.suggestedFilename()).toBe('visavis-phrases.obz');
    await page.context().close();
  });

  test.each([
    ['a phone on its side', 740, 360, '{}', '[data-aid="say"]'],
    ['a page at 200 %', 640, 450, '{}', '[data-aid="say"]'],
    ['a phone, by switch', 375, 740, '{"scan":"two"}', '.aid-board-row:nth-child(3)'],
  ])('%s shows the text field, the call, and what writes', async (_, width, height, preferences, key) => {
    const page = await pages.open({ query: 'lang=de', viewport: { width, height } });
    await page.evaluate(`localStorage.setItem('visavis.aid', '${preferences}')`);
    await page.reload();
    await page.locator('.aid-word, .aid-letter.word').first().waitFor();
    for (const selector of ['[data-aid="text"]', key, '#stage canvas', '#leave'])
      expect(
        await page.evaluate(`(() => {
        const { left, top, right, bottom } = document.querySelector('${selector}').getBoundingClientRect();
        const panel = document.getElementById('panel-aid').getBoundingClientRect();
        const isPanel = document.getElementById('panel-aid').contains(document.querySelector('${selector}'));
        return left >= 0 && top >= 0 && right <= innerWidth && bottom <= (isPanel ? panel.bottom : innerHeight);
      })()`),
        selector,
      ).toBe(true);
    await page.context().close();
  });
});
