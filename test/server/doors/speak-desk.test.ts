import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMeter } from '../../../src/base/meter.ts';
import { OutgoingRules } from '../../../src/server/doors/outgoing/outgoing-rules.ts';
import { SpeakDesk, type Speaker } from '../../../src/server/doors/speak-desk.ts';
import { FakePeer } from '../../support/fake-peer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function openDesk() {
  const peer = new FakePeer({ load: async () => new Uint8Array(1) }, (event) => {
    desk.push(event);
  });
  const desk: SpeakDesk = new SpeakDesk({
    peer,
    clock: systemClock,
    now: () => new Date(),
    limits: { perAddress: 8, minutesPerDay: 0 },
    outgoing: new OutgoingRules([]),
    logger: silentLogger,
    meter: silentMeter,
  });
  const open = () =>
    desk.open({
      portraitId: 'face',
      ownerKey: undefined,
      sampleRateHz: 24_000,
      framesPerSecond: 25,
      lifetimeS: 100,
      address: 'here',
    });
  return { desk, peer, open };
}

function speaker() {
  const gone: string[] = [];
  const self: Speaker = { onEvent: () => undefined, onGone: (why, reason) => gone.push(`${why}: ${reason}`) };
  return { self, gone };
}

it('a session that nobody speaks for ends after a minute', async () => {
  const { peer, open } = openDesk();
  const { id } = await open();
  await vi.advanceTimersByTimeAsync(59_900);
  expect(peer.left).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(peer.left).toEqual([id]);
  expect(vi.getTimerCount()).toBe(0);
});

it('a session outlives a broken socket by ten seconds, and not by more', async () => {
  const { peer, open } = openDesk();
  const session = await open();
  const leave = session.attach(speaker().self);
  leave();
  await vi.advanceTimersByTimeAsync(9900);
  const again = session.attach(speaker().self);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(peer.left).toEqual([]);
  again();
  await vi.advanceTimersByTimeAsync(10_100);
  expect(peer.left).toEqual([session.id]);
  expect(vi.getTimerCount()).toBe(0);
});

it('a socket that another one replaced does not begin the ten seconds when it closes', async () => {
  const { peer, open } = openDesk();
  const session = await open();
  const first = speaker();
  const leave = session.attach(first.self);
  session.attach(speaker().self);
  expect(first.gone).toEqual(['replaced: Another socket speaks for this session now']);
  leave();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(peer.left).toEqual([]);
  expect(session.hasSpeaker).toBe(true);
});

it('a session ends with its lifetime, and its speaker is told', async () => {
  const { peer, open } = openDesk();
  const session = await open();
  const { self, gone } = speaker();
  session.attach(self);
  session.speech.push(new Uint8Array(48_000));
  await vi.advanceTimersByTimeAsync(100_100);
  expect(peer.left).toEqual([session.id]);
  expect(gone).toEqual(['ended: The session has reached its lifetime']);
  expect(vi.getTimerCount()).toBe(0);
});
