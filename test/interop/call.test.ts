import { describe, expect, test } from 'vitest';

import { near, sizeOf, stir, waitForPictures, watch, type Sight } from '../support/browser.ts';
import { servedBrowser } from '../support/served-browser.ts';

const SELF = '[data-testid="self-video"]';
const REMOTE = '[data-testid="remote-video"]';

const served = servedBrowser();

describe('a call in real Chromium', () => {
  test('alone in a room the speaker sees the own avatar: moving 512x512 VP8', async () => {
    const page = await served.chromium.open(`${served.server.url}/?room=mirror&autojoin=1`);
    await waitForPictures(page, SELF);
    expect(await sizeOf(page, SELF)).toEqual([512, 512]);
    expect(await page.locator(REMOTE).count()).toBe(0);
  }, 120_000);

  test('two people see and hear each other’s avatars: the mouth moves with speech and rests in silence', async () => {
    const ada = await served.chromium.open(`${served.server.url}/?room=tea&autojoin=1&name=Ada`);
    const grace = await served.chromium.open(`${served.server.url}/?room=tea&autojoin=1&name=Grace&microphone=off`);
    await waitForPictures(grace, REMOTE);
    await waitForPictures(ada, REMOTE);
    expect(await sizeOf(grace, REMOTE)).toEqual([512, 512]);
    expect(await grace.textContent('#others .tile-name')).toBe('Ada');
    await expect.poll(() => ada.textContent('#others .tile-name'), { timeout: 30_000 }).toBe('Grace');
    // The far mouth belongs to Ada, whose microphone speaks for three seconds and is silent for three.
    // A machine that is busy with other work leaves the mouth behind for a while: look again before saying so.
    let ratio = 0;
    for (let looks = 0; looks < 3 && ratio < 1.5; looks++) {
      const { moving, resting } = spread(await watch(grace, REMOTE, 18));
      expect(moving.length).toBeGreaterThan(10);
      expect(resting.length).toBeGreaterThan(10);
      ratio = stir(moving) / stir(resting);
    }
    expect(ratio).toBeGreaterThan(1.5);
    await ada.context().close();
    // Ada is gone: her picture leaves the page.
    await grace.waitForSelector(REMOTE, { state: 'detached', timeout: 30_000 });
  }, 180_000);

  test('three people in a room each see the two others', async () => {
    const pages = [];
    for (const name of ['Ada', 'Grace', 'Mary']) {
      pages.push(await served.chromium.open(`${served.server.url}/?room=full&autojoin=1&name=${name}&microphone=off`));
    }
    for (const page of pages) {
      await expect.poll(() => page.locator(REMOTE).count(), { timeout: 60_000 }).toBe(2);
    }
  }, 180_000);

  test('nothing went wrong on any page', () => {
    expect(served.chromium.problems).toEqual([]);
  });
});

/** What was seen while sound was heard for a while, and while silence was. */
function spread(sights: readonly Sight[]): { readonly moving: Sight[]; readonly resting: Sight[] } {
  const moving: Sight[] = [];
  const resting: Sight[] = [];
  for (const sight of sights) {
    const loud = near(sights, sight, 600).filter(({ soundDb }) => soundDb > -45).length;
    // The mouth may take half a second to come to rest.
    if (near(sights, sight, 900).every(({ soundDb }) => soundDb < -55)) resting.push(sight);
    else if (loud > 0) moving.push(sight);
  }
  return { moving, resting };
}
