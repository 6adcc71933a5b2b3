import { RTCPeerConnection } from 'werift';
import { afterEach, expect, it, vi } from 'vitest';
import { Page, until } from '../../bench/support/visitor/page.ts';
import { prepareAssociation } from '../../src/peer/rtc/association.ts';
import { Tally } from '../../src/peer/rtc/tally.ts';
import { openPeer } from './support/peer.ts';

// Handshakes and pictures take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Puts the wall clock, and nothing else, to another time. */
function put(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

it('a call goes on while the wall clock is put forward and back by an hour', async () => {
  const host = await openPeer();
  const page = new Page();
  try {
    const offerSdp = await page.offer();
    const visit = { roomId: 'room', participantId: 'ann', name: 'Ann', portraitId: 'face', offerSdp };
    await page.accept((await host.peer.join(visit)).answerSdp);
    await until(() => page.control?.readyState === 'open' && page.reports.length > 0);
    for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
      put(jumpMs);
      const [pictures, answers, reports] = [page.video[0]?.length ?? 0, page.messages.length, page.reports.length];
      page.control?.send('{"type":"dance"}');
      await until(() => (page.video[0]?.length ?? 0) > pictures + 10 && page.reports.length > reports + 2);
      await until(() => page.messages.length > answers);
    }
    // Sender reports tie RTP to one clock, which nobody puts forward.
    const times = page.reports.map(({ senderInfo }) => Number(senderInfo.ntpTimestamp >> 32n));
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(60);
    expect(host.events.map(({ type }) => type)).toEqual(['joined', 'live']);
  } finally {
    await page.close();
    await host.close();
  }
});

it('what the data channel loses after a jump is sent again as soon as before', async () => {
  const peer = new RTCPeerConnection();
  peer.createDataChannel('control');
  const events = { onViolation: () => undefined, onFault: () => undefined };
  prepareAssociation(peer, new Tally(), events);
  const { sctp } = peer.sctpTransport as unknown as { sctp: { rto: number; updateRto(roundTripS: number): void } };
  sctp.updateRto(0.05);
  const before = sctp.rto;
  for (const roundTripS of [3600, -3600]) sctp.updateRto(roundTripS);
  expect(sctp.rto).toBe(before);
  sctp.updateRto(2);
  expect(sctp.rto).toBeGreaterThan(before);
  await peer.close();
});
