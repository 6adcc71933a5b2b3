import { expect, test } from 'vitest';

import { openBrowser, sizeOf, waitForPictures } from '../support/browser.ts';
import { startRelay } from '../support/relay.ts';
import { startServer } from '../support/server-process.ts';

const SELF = '[data-testid="self-video"]';

test('a caller who may use the relay alone is seen through a real coturn, and the page says so', async () => {
  await using relay = await startRelay();
  await using server = await startServer({
    VISAVIS_TURN_URLS: `turn:127.0.0.1:${relay.port}?transport=udp`,
    VISAVIS_TURN_SECRET: relay.secret,
    // The relay is bound to loopback, and reaches nothing else from there.
    VISAVIS_HOST_ADDRESSES: '127.0.0.1',
  });
  await using chromium = await openBrowser();
  const page = await chromium.open(`${server.url}/?room=far&autojoin=1&relay=only`);
  await waitForPictures(page, SELF);
  expect(await sizeOf(page, SELF)).toEqual([512, 512]);
  await expect.poll(() => page.getAttribute('#state', 'data-kind'), { timeout: 20_000 }).toBe('live');
  await expect.poll(() => page.textContent('#state-text'), { timeout: 20_000 }).toContain('relay');
  expect(chromium.problems).toEqual([]);
}, 180_000);

test('credentials of another secret open no relay: the caller sees that it is still connecting', async () => {
  await using relay = await startRelay();
  await using server = await startServer({
    VISAVIS_TURN_URLS: `turn:127.0.0.1:${relay.port}?transport=udp`,
    VISAVIS_TURN_SECRET: 'another secret of thirty-two characters',
  });
  await using chromium = await openBrowser();
  const page = await chromium.open(`${server.url}/?room=far&autojoin=1&relay=only`);
  await expect.poll(() => relay.output(), { timeout: 30_000 }).toMatch(/401|check_stun_auth|Unauthorized/i);
  expect(await page.getAttribute('#state', 'data-kind')).not.toBe('live');
}, 120_000);
