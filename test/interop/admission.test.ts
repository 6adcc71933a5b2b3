import { resolve } from 'node:path';

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { waitForPictures } from '../support/browser.ts';
import { servedBrowser } from '../support/served-browser.ts';

const SELF = '[data-testid="self-video"]';
const PICTURE = resolve(import.meta.dirname, '..', '..', 'models', 'portraits', 'drawn.png');

describe('who may come in, and with which face', () => {
  const served = servedBrowser({ VISAVIS_OPERATOR_KEY: 'operator-key-of-16-and-more' });
  const linkTo = (query: string): string => `${served.server.url}/?microphone=off&lang=en&autojoin=1&${query}`;

  async function upload(page: Page): Promise<string> {
    await page.click('#portrait-add');
    await page.setInputFiles('#upload-file', PICTURE);
    await page.check('input[name="basis"][value="artwork"]');
    await page.click('#upload-send');
    await page.waitForSelector('.portrait-delete', { timeout: 60_000 });
    return (await page.inputValue('input[name="portrait"]:checked')) || '';
  }

  test('a portrait is for one’s own browser, unless one says that others may use it', async () => {
    const page = await served.chromium.open(`${served.server.url}/?lang=en`);
    const scopes: (string | null)[] = [];
    await page.route('**/api/v1/portraits?*', async (route) => {
      scopes.push(new URL(route.request().url()).searchParams.get('scope'));
      await route.fulfill({ status: 415, json: { error: { code: 'IMAGE_UNREADABLE', message: 'not now' } } });
    });
    await page.click('#portrait-add');
    await page.setInputFiles('#upload-file', PICTURE);
    await page.check('input[name="basis"][value="artwork"]');
    await page.click('#upload-send');
    await page.waitForSelector('#upload-error', { state: 'visible' });
    await page.check('#upload-public');
    await page.click('#upload-send');
    await expect.poll(() => scopes).toEqual(['live-call', 'public']);
  }, 60_000);

  test('a link with one’s own portrait joins at once; the same link in another browser does not', async () => {
    const mine = await served.chromium.open(`${served.server.url}/?lang=en`);
    const id = await upload(mine);
    // Its small picture is fetched with the key of its owner.
    await expect
      .poll(() => mine.evaluate<number>(`document.querySelector('div.portrait img').naturalWidth`))
      .toBeGreaterThan(1);
    await mine.goto(linkTo(`room=face&portrait=${id}`));
    await waitForPictures(mine, SELF, 2);
    const other = await served.chromium.open(linkTo(`room=face&portrait=${id}`));
    await other.waitForSelector('#join-error', { state: 'visible', timeout: 30_000 });
    expect(await other.textContent('#join-error')).toContain('Only the browser that uploaded');
  }, 180_000);

  test('whoever is first lets others in, and sends them out', async () => {
    const host = await served.chromium.open(`${served.server.url}/?microphone=off&lang=en&room=door&name=Ada`);
    await host.waitForSelector('input[name="portrait"]:checked', { state: 'attached', timeout: 60_000 });
    await host.check('#ask-first');
    await host.click('#join-button');
    await waitForPictures(host, SELF, 1);
    const guest = await served.chromium.open('about:blank');
    // A video without pictures keeps a page from being called loaded, and Ben sees none until Ada lets him in.
    await guest.goto(linkTo('room=door&name=Ben'), { waitUntil: 'domcontentloaded' });
    await expect.poll(() => guest.textContent('#state-text'), { timeout: 30_000 }).toBe('Waiting to be let in');
    await expect.poll(() => host.textContent('#announcer'), { timeout: 30_000 }).toContain('Ben wants to come in');
    await host.click('#people-button');
    await host.click('[id^="admit-"]');
    await waitForPictures(guest, SELF, 1);
    await host.waitForSelector('[data-testid="remote-video"]');
    host.on('dialog', (dialog) => void dialog.accept());
    await host.click('[id^="remove-"]');
    await guest.waitForSelector('#join-error', { state: 'visible', timeout: 30_000 });
    expect(await guest.textContent('#join-error')).toContain('asked to leave');
    expect(await guest.isVisible('#people-door')).toBe(false);
  }, 180_000);

  test('an invitation leaves the address line and is kept for the next reload', async () => {
    const page = await served.chromium.open(`${served.server.url}/?room=tea#token=a.b.c`);
    await page.waitForSelector('.portrait img');
    expect(page.url()).toBe(`${served.server.url}/?room=tea`);
    expect(await page.evaluate<string>(`sessionStorage.getItem('visavis.token.tea')`)).toBe('a.b.c');
  }, 60_000);
});
