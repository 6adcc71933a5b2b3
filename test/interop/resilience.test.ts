import { describe, expect, test } from 'vitest';

import { participantsSchema } from '../../protocol/http.ts';
import { waitForPictures } from '../support/browser.ts';
import { servedBrowser } from '../support/served-browser.ts';

const SELF = '[data-testid="self-video"]';
const REMOTE = '[data-testid="remote-video"]';

const served = servedBrowser({ VISAVIS_CAPACITY: '2' });

async function sessionIds(): Promise<string[]> {
  const response = await fetch(`${served.server.url}/api/v1/participants`);
  return participantsSchema.parse(await response.json()).participants.map(({ participantId }) => participantId);
}

describe('what happens to a call', () => {
  test('a reload comes back to the same room, and the other sees it', async () => {
    const ada = await served.chromium.open(`${served.server.url}/?room=reload&autojoin=1&name=Ada&microphone=off`);
    await waitForPictures(ada, SELF, 1);
    const grace = await served.chromium.open(`${served.server.url}/?room=reload&autojoin=1&name=Grace&microphone=off`);
    await waitForPictures(grace, REMOTE, 2);
    await ada.reload();
    await waitForPictures(ada, REMOTE, 2);
    await waitForPictures(grace, REMOTE, 2);
    expect(await grace.locator(REMOTE).count()).toBe(1);
    await ada.context().close();
    await grace.context().close();
    await expect.poll(sessionIds, { timeout: 30_000 }).toEqual([]);
  }, 180_000);

  test('a network cut is said, mended, and keeps the place in the room', async () => {
    const page = await served.chromium.open(`${served.server.url}/?room=cut&autojoin=1&name=Ada&microphone=off`);
    await waitForPictures(page, SELF, 2);
    const before = await sessionIds();
    await page.context().setOffline(true);
    // Offline ends the socket; media on loopback go on, as they do when a proxy restarts.
    await new Promise((later) => setTimeout(later, 3000));
    await page.context().setOffline(false);
    await waitForPictures(page, SELF, 3);
    await expect.poll(() => page.getAttribute('#state', 'data-kind'), { timeout: 30_000 }).toBe('live');
    expect(await sessionIds()).toEqual(before);
    await page.context().close();
    await expect.poll(sessionIds, { timeout: 30_000 }).toEqual([]);
  }, 180_000);

  test('a full server says when it tries again, and lets in when there is a place', async () => {
    const first = await served.chromium.open(`${served.server.url}/?room=a&autojoin=1&microphone=off`);
    const second = await served.chromium.open(`${served.server.url}/?room=b&autojoin=1&microphone=off`);
    await waitForPictures(first, SELF, 1);
    await waitForPictures(second, SELF, 1);
    const third = await served.chromium.open(`${served.server.url}/?room=c&autojoin=1&microphone=off`);
    await expect.poll(() => third.textContent('#state-text'), { timeout: 20_000 }).toMatch(/Full, next try in \d+ s/);
    await first.click('#leave');
    await waitForPictures(third, SELF, 1);
    expect(await first.isVisible('#lobby')).toBe(true);
    await second.context().close();
    await third.context().close();
    await first.context().close();
    await expect.poll(sessionIds, { timeout: 30_000 }).toEqual([]);
  }, 180_000);

  test('SIGTERM waits for the last caller, then the process is gone', async () => {
    const page = await served.chromium.open(`${served.server.url}/?room=last&autojoin=1&microphone=off`);
    await waitForPictures(page, SELF, 1);
    served.server.process.kill('SIGTERM');
    await waitForPictures(page, SELF, 3);
    expect((await fetch(`${served.server.url}/readyz`)).status).toBe(503);
    await page.context().close();
    expect(await served.server.exited).toBe(0);
  }, 180_000);
});
