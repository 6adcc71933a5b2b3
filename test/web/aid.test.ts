import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openAidPages, type AidPages } from '../support/aid-page.ts';
import { isInstalled } from '../support/programs.ts';

interface Sent {
  readonly type: string;
  readonly text?: string;
  readonly active?: boolean;
  readonly name?: string;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the page said on its data channel. */
const sentBy = (page: Page): Promise<Sent[]> => page.evaluate('window.harness.sent');
const saidBy = async (page: Page): Promise<(string | undefined)[]> =>
  (await sentBy(page)).filter(({ type }) => type === 'speech-say').map(({ text }) => text);
const hear = (page: Page, message: object): Promise<void> =>
  page.evaluate(`window.harness.hear(${JSON.stringify(message)})`);

describe.skipIf(!isInstalled(CHROMIUM, '--version'))('The communication aid in Chromium', () => {
  let pages: AidPages;
  beforeAll(async () => {
    pages = await openAidPages();
  }, 120_000);
  afterAll(() => pages[Symbol.asyncDispose]());

  const looks = [
    { name: 'light, English', colorScheme: 'light', query: 'lang=en', theme: 'auto' },
    { name: 'dark, German', colorScheme: 'dark', query: 'lang=de', theme: 'auto' },
    { name: 'high contrast, Spanish', colorScheme: 'light', query: 'lang=es', theme: 'contrast' },
    { name: 'right to left, Arabic, phone', colorScheme: 'light', query: 'lang=ar', theme: 'auto', phone: true },
  ] as const;

  test.each(looks)('axe finds no violation: $name', async (look) => {
    const size = 'phone' in look ? { width: 390, height: 844 } : { width: 1280, height: 900 };
    const page = await pages.open({
      query: look.query,
      colorScheme: look.colorScheme,
      viewport: size,
      reducedMotion: 'reduce',
    });
    await page.evaluate(`document.documentElement.dataset.theme = '${look.theme}'`);
    await page.locator('.aid-fold').evaluateAll((folds) => {
      for (const fold of folds) (fold as unknown as { open: boolean }).open = true;
    });
    await page.getByRole('button', { name: /Change phrases|Sätze ändern|Cambiar frases|غيّر العبارات/ }).click();
    await page.locator('[data-aid="quick-hello"]').click();
    await page.evaluate(axe);
    const violations = await page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')))`,
    );
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.dir')).toBe(look.query === 'lang=ar' ? 'rtl' : 'ltr');
    await page.context().close();
  });

  test('every target is at least 44 px high, and at 200 % nothing is cut off', async () => {
    const page = await pages.open({ viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });
    await page.locator('.aid-fold').evaluateAll((folds) => {
      for (const fold of folds) (fold as unknown as { open: boolean }).open = true;
    });
    const small = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#panel-aid button, #panel-aid select, #panel-aid textarea, #panel-aid summary, #panel-aid label.check, #panel-aid label.slider')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5)
        .map((element) => element.textContent + ' ' + element.getBoundingClientRect().height)`);
    expect(small).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(640);
    const wide = await page.evaluate<number>(
      `document.getElementById('panel-aid').scrollWidth - document.getElementById('panel-aid').clientWidth`,
    );
    expect(wide).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  test('a conversation by keyboard alone: write, say, nod, repeat, correct, stop', async () => {
    const page = await pages.open();
    const at = (): Promise<string | null> =>
      page.evaluate('document.activeElement.dataset.aid ?? document.activeElement.textContent');
    for (let i = 0; i < 30 && (await at()) !== 'text'; i++) await page.keyboard.press('Tab');
    expect(await at()).toBe('text');
    await page.keyboard.type('Good morning');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('Ben');
    expect((await sentBy(page)).filter(({ type }) => type === 'speech-composing')).toMatchObject([
      { type: 'speech-composing', active: true, language: 'en', rate: 1 },
    ]);
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-aid="text"]').inputValue()).toBe('');
    await page.keyboard.press('Alt+y');
    await page.keyboard.press('Alt+r');
    await page.keyboard.press('Alt+e');
    expect(await page.locator('[data-aid="text"]').inputValue()).toBe('[nod] Yes');
    await page.keyboard.type(', please');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Alt+1');
    await page.keyboard.press('Escape');
    expect(await saidBy(page)).toEqual([
      'Good morning Ben',
      '[nod] Yes',
      '[nod] Yes',
      '[nod] Yes, please',
      'How are you?',
    ]);
    expect((await sentBy(page)).at(-1)?.type).toBe('speech-stop');
    // On to a feeling, by Tab alone.
    for (let i = 0; i < 60 && (await at()) !== 'feel-happy'; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect((await sentBy(page)).at(-1)).toMatchObject({ type: 'emotion', name: 'happy' });
    await page.context().close();
  });

  test('a conversation with one switch: the scan goes on by itself, Space chooses', async () => {
    const page = await pages.open();
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"scan":"one","dwellS":0.8}')`);
    await page.reload();
    await page.waitForFunction('window.harness !== undefined');
    await choose(page, 'Talk by typing', undefined);
    await choose(page, 'Quick answers', 'Yes');
    await choose(page, 'Quick answers', 'Thank you');
    await choose(page, 'My phrases', 'How are you?');
    expect(await saidBy(page)).toEqual(['[nod] Yes', '[smile] Thank you', 'How are you?']);
    await page.context().close();
  }, 90_000);

  test('a conversation with two switches: Space goes on, Enter chooses; letters are written too', async () => {
    const page = await pages.open();
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"scan":"two"}')`);
    await page.reload();
    await page.waitForFunction('window.harness !== undefined');
    const here = async (): Promise<string> =>
      (await page.evaluate<string>(`document.querySelector('.aid-scan-back').textContent`)).replace('Scanning: ', '');
    const goTo = async (name: string): Promise<void> => {
      for (let i = 0; i < 40 && (await here()) !== name; i++) await page.keyboard.press('Space');
      expect(await here()).toBe(name);
      await page.keyboard.press('Enter');
    };
    await goTo('Letters');
    await page.locator('.aid-letter.word', { hasText: 'I think' }).waitFor();
    await goTo('Letters ␣ h u y k z');
    await goTo('h');
    await goTo('Letters a i s l f v');
    await goTo('i');
    expect(await page.locator('[data-aid="text"]').inputValue()).toBe('hi');
    await goTo('Words');
    await goTo('Say');
    expect(await saidBy(page)).toEqual(['hi']);
    await page.context().close();
  });

  test('captions follow word by word, the transcript keeps them, and a stop cuts what was not said', async () => {
    const page = await pages.open();
    const words = ['one', 'two', 'three', 'four', 'five'];
    const text = words.join(' ');
    const timed = words.map((word, i) => ({
      from: text.indexOf(word),
      to: text.indexOf(word) + word.length,
      startMs: i * 400,
      endMs: i * 400 + 380,
    }));
    const seen = await page.evaluate<[string, number][]>(`new Promise((resolve) => {
      const seen = [];
      const began = performance.now();
      const look = () => {
        const word = document.querySelector('[data-testid="caption-word"]')?.textContent;
        if (word && word !== seen.at(-1)?.[0]) seen.push([word, performance.now() - began]);
        if (seen.length < 3) requestAnimationFrame(look); else resolve(seen);
      };
      window.harness.hear(${JSON.stringify({ type: 'caption', participantId: 'you', name: 'Ben', captionId: 1, text, startsInMs: 0, words: timed })});
      look();
    })`);
    expect(seen.map(([word]) => word)).toEqual(['one', 'two', 'three']);
    await hear(page, { type: 'caption-stop', participantId: 'you', captionId: 1 });
    await page.locator('summary', { hasText: 'Captions' }).click();
    await page.waitForFunction(`document.querySelector('.aid-transcript')?.textContent.includes('one two three …')`);
    await page.context().close();
  });

  test('whoever writes is seen to; the text is shared only when the person allows it, as T.140', async () => {
    const page = await pages.open();
    await hear(page, { type: 'typing', participantId: 'you', name: 'Ben', active: true });
    await page.locator('[data-testid="typing"]', { hasText: /Ben.* is writing/ }).waitFor();
    for (const part of ['Hel', 'lo\b\b', 'p'])
      await hear(page, { type: 'typed', participantId: 'you', name: 'Ben', text: part });
    await page.locator('[data-testid="typing"]', { hasText: 'Help' }).waitFor();
    await page.locator('[data-aid="text"]').fill('secret');
    expect(await page.evaluate('window.harness.typed')).toEqual([]);
    await page.getByLabel('Let the others read along as I type').check();
    await page.waitForFunction(`window.harness.typed.join('') === 'secret'`);
    await page.locator('[data-aid="text"]').fill('secrets');
    await page.waitForFunction(`window.harness.typed.join('') === 'secrets'`);
    await page.locator('[data-aid="say"]').click();
    expect(await page.evaluate(`window.harness.typed.join('')`)).toBe('secrets\u2028');
    await page.context().close();
  });

  test('each finished sentence is said while the next is written', async () => {
    const page = await pages.open();
    await page.getByLabel('Say each sentence as I finish it').check();
    await page.locator('[data-aid="text"]').pressSequentially('Well. I met Dr. Ford today! And');
    expect(await saidBy(page)).toEqual(['Well.', 'I met Dr. Ford today!']);
    expect(await page.locator('[data-aid="text"]').inputValue()).toBe('And');
    await page.context().close();
  });

  test('captions look as the person chose', async () => {
    const page = await pages.open();
    await page.locator('summary', { hasText: 'Captions' }).click();
    const words = [{ from: 0, to: 9, startMs: 0, endMs: 60_000 }];
    const caption = { type: 'caption', participantId: 'you', name: 'Ben', captionId: 1, startsInMs: -400, words };
    await hear(page, { ...caption, text: 'Good-morn' });
    const shown = page.locator('[data-testid="caption"]');
    await shown.waitFor();
    const look = (): Promise<{ sizePx: number; ground: string; top: number }> =>
      page.evaluate(`(() => {
        const row = document.querySelector('[data-testid="caption"]');
        const { fontSize, backgroundColor } = getComputedStyle(row);
        return { sizePx: parseFloat(fontSize), ground: backgroundColor, top: row.getBoundingClientRect().top };
      })()`);
    const before = await look();
    await page.getByLabel('Size', { exact: true }).selectOption('huge');
    await page.getByLabel('Colour', { exact: true }).selectOption('blackOnWhite');
    await page.getByLabel('Position', { exact: true }).selectOption('top');
    const after = await look();
    expect(after.sizePx).toBeGreaterThan(1.4 * before.sizePx);
    expect(after.ground).not.toBe(before.ground);
    expect(after.top).toBeLessThan(before.top - 100);
    await page.getByLabel('Show captions').uncheck();
    expect(await shown.isVisible()).toBe(false);
    await page.context().close();
  });

  test('captions follow the sound that the browser says it plays', async () => {
    const page = await pages.open();
    // The page's clock is 5000 ms ahead of what is played; the sound begins at 6000 of the sender's clock.
    const [began, seen] = await page.evaluate<[number, number]>(`new Promise((resolve) => {
      const began = performance.now();
      window.harness.playAt(began - 5000);
      const words = [{ from: 0, to: 3, startMs: 0, endMs: 400 }];
      window.harness.hear({ type: 'caption', participantId: 'you', name: 'Ben', captionId: 1, text: 'one', startsInMs: 30, soundTimeMs: 6000, words });
      const look = () => {
        if (document.querySelector('[data-testid="caption-word"]')?.textContent === 'one') resolve([began, performance.now()]);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    expect(seen - began).toBeGreaterThan(980);
    expect(seen - began).toBeLessThan(1300);
    await page.context().close();
  });

  test('what was said is saved as a text', async () => {
    const page = await pages.open();
    await page.locator('[data-aid="text"]').fill('Good morning everyone');
    await page.keyboard.press('Enter');
    await page.locator('summary', { hasText: 'Captions' }).click();
    await page.waitForFunction(`document.querySelector('.aid-transcript')?.textContent.includes('Good morning')`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-aid="save"]').click()]);
    expect(file.suggestedFilename()).toMatch(/^visavis-\d{4}-\d\d-\d\d\.txt$/);
    expect(readFileSync(await file.path(), 'utf8')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}.+: Good morning everyone\n$/,
    );
    await page.context().close();
  });

  test('phrases are ordered by use, leave as JSON and come back, and stay in the browser', async () => {
    const page = await pages.open();
    const phrases = page.locator('.aid-phrase');
    const glad = phrases.filter({ hasText: /glad/i }).first();
    const name = ((await glad.textContent()) ?? '').replace(/\d$/, '');
    await glad.click();
    await glad.click();
    await page.getByRole('button', { name: 'Change phrases' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-aid="export"]').click()]);
    const bank = JSON.parse(readFileSync(await file.path(), 'utf8')) as { phrases: { text: string; uses: number }[] };
    expect(bank.phrases.find(({ uses }) => uses === 2)?.text).toContain(name);
    expect(await page.evaluate('Object.keys(localStorage)')).toContain('visavis.phrases');
    const more = JSON.stringify({ phrases: [{ text: 'See you on Monday', category: 'Work' }] });
    await page
      .locator('input[type="file"][accept*=".obf"]')
      .setInputFiles({ name: 'more.json', mimeType: 'application/json', buffer: Buffer.from(more) });
    await phrases.filter({ hasText: 'See you on Monday' }).waitFor();
    await page.reload();
    await page.waitForFunction('window.harness !== undefined');
    expect(await phrases.first().textContent()).toContain(name);
    await page.getByRole('button', { name: 'Work', exact: true }).click();
    expect(await phrases.count()).toBe(1);
    // What was not said was told to nobody.
    expect(JSON.stringify(await sentBy(page))).not.toContain('Monday');
    await page.context().close();
  });

  test.each(['en', 'es', 'ar', 'de'])('the letters are named and read in %s', async (lang) => {
    const page = await pages.open({ query: `lang=${lang}` });
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"scan":"two"}')`);
    await page.reload();
    await page.waitForFunction('window.harness !== undefined');
    const board = page.locator('[data-aid="letters"]');
    const t = (key: string): Promise<string> => page.evaluate(`window.harness.t('${key}')`);
    expect(await board.getAttribute('aria-label')).toBe(await t('aid.board.title'));
    const names = await page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-aid="letters"] [aria-label]')].map((each) => each.getAttribute('aria-label'))`,
    );
    expect(names).toEqual(expect.arrayContaining([await t('aid.board.space'), await t('aid.board.backspace')]));
    expect(names.filter((name) => name === 'space' || name === 'backspace')).toEqual([]);
    // The first letters are where reading begins.
    const [first, second] = await page.evaluate<number[]>(
      `[...document.querySelectorAll('[data-aid="letters"] button')].map((each) => each.getBoundingClientRect().left)`,
    );
    expect((first ?? 0) < (second ?? 0)).toBe(lang !== 'ar');
    await page.evaluate(axe);
    const violations = await page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0]?.html))`,
    );
    expect(violations).toEqual([]);
    await page.context().close();
  });

  test('a switch reaches the bar of the call, and moves a slider', async () => {
    const page = await pages.open();
    await page.evaluate(`localStorage.setItem('visavis.aid', '{"scan":"two","rate":1}')`);
    await page.reload();
    await page.waitForFunction('window.harness !== undefined');
    const name = page.locator('.aid-scan-back');
    const goTo = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 40 && !((await name.textContent()) ?? '').includes(wanted); i++)
        await page.keyboard.press('Space');
      expect(await name.textContent()).toContain(wanted);
      await page.keyboard.press('Enter');
    };
    await goTo('Call controls');
    expect(await name.textContent()).toContain('Mute');
    await goTo('Back');
    // Opened first, then entered.
    await goTo('Voice');
    await goTo('Voice');
    await goTo('Speed');
    expect(await page.evaluate(`JSON.parse(localStorage.getItem('visavis.aid')).rate`)).toBeCloseTo(1.15, 5);
    await page.context().close();
  });

  test('less motion: nothing on the page moves by itself', async () => {
    const page = await pages.open({ reducedMotion: 'reduce' });
    const moving = await page.evaluate<number>(
      `document.getAnimations().filter(({ effect }) => effect.getComputedTiming().duration > 50).length`,
    );
    expect(moving).toBe(0);
    await page.context().close();
  });

  test('trouble is said: an empty text, a full queue, a failed voice', async () => {
    const page = await pages.open();
    const state = page.locator('[data-aid="state"]');
    await page.locator('[data-aid="text"]').fill('!!! \u0007');
    await page.keyboard.press('Enter');
    await page.locator('[data-aid="say"]').click();
    expect(await state.textContent()).toContain('nothing to say');
    await hear(page, {
      type: 'speech-notice',
      notice: 'voice-failed',
      voice: 'my voice',
      reason: 'x',
      next: 'espeak-ng',
    });
    expect(await state.textContent()).toContain('my voice failed. Speaking with espeak-ng');
    await hear(page, { type: 'speech-notice', notice: 'full' });
    expect(await state.textContent()).toContain('Too much at once');
    await page.locator('[data-aid="text"]').fill('word '.repeat(20_000));
    await page.locator('[data-aid="say"]').click();
    expect((await saidBy(page)).at(-1)?.length).toBeLessThanOrEqual(2000);
    await page.context().close();
  });

  test('lip clarity asks for 30 pictures a second and a nearer head', async () => {
    const page = await pages.open();
    await page.locator('summary', { hasText: 'Access' }).click();
    await page.getByLabel(/^Lip clarity/).check();
    expect(await sentBy(page)).toEqual(
      expect.arrayContaining([
        { type: 'lip-clarity', active: true },
        { type: 'distance', ratio: 0.8 },
      ]),
    );
    expect(await page.locator('#stage').getAttribute('class')).toContain('lip-clarity');
    await page.context().close();
  });
});

/** Waits until the scan stands on `group`, chooses it, waits for `item` and chooses that; `undefined` lets it pass. */
async function choose(page: Page, group: string, item: string | undefined): Promise<void> {
  const name = page.locator('.aid-scan-back');
  await name.filter({ hasText: group }).waitFor({ timeout: 20_000 });
  if (item === undefined) return;
  // The group of phrases comes before the phrases, with the same heading.
  if (group === 'My phrases')
    await page.waitForFunction(`document.querySelector('.aid-scan-here')?.classList.contains('aid-phrases')`);
  await page.keyboard.press('Space');
  await name.filter({ hasText: item }).waitFor({ timeout: 20_000 });
  await page.keyboard.press('Space');
}
