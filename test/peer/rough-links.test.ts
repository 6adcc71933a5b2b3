import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page, until } from '../../bench/support/visitor/page.ts';
import { openPeer, opusPackets } from './support/peer.ts';

// Handshakes and pictures take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let host: Awaited<ReturnType<typeof openPeer>>;
let packets: readonly Uint8Array[];
const pages: Page[] = [];
let microphone: NodeJS.Timeout | undefined;

beforeEach(async () => {
  host = await openPeer();
  packets = await opusPackets(50);
});
afterEach(async () => {
  clearInterval(microphone);
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await host.close();
});

async function join(participantId: string, link?: { loss: number; jitterMs?: number }): Promise<Page> {
  const page = new Page();
  pages.push(page);
  const { answerSdp } = await host.peer.join({
    roomId: participantId,
    participantId,
    name: participantId,
    portraitId: 'face',
    offerSdp: await page.offer(),
  });
  await page.accept(answerSdp, link);
  return page;
}

function talk(page: Page): void {
  let index = 0;
  const start = performance.now();
  microphone = setInterval(() => {
    for (; start + index * 20 < performance.now(); index++) page.speak(packets[index % 50]!, index * 960);
  }, 5);
}

/** Timestamps of pictures of which every packet arrived, in order. */
function wholePictures(page: Page): number[] {
  const byNumber = new Map((page.video[0] ?? []).map((packet) => [packet.header.sequenceNumber, packet]));
  const whole: number[] = [];
  for (const packet of byNumber.values()) {
    if ((packet.payload[0]! & 0x10) === 0) continue;
    let last = packet;
    for (;;) {
      if (last.header.marker) {
        whole.push(packet.header.timestamp);
        break;
      }
      const next = byNumber.get((last.header.sequenceNumber + 1) & 0xffff);
      if (next === undefined || next.header.timestamp !== packet.header.timestamp) break;
      last = next;
    }
  }
  return whole.toSorted((a, b) => a - b);
}

describe('over a link that loses packets', () => {
  it.each([
    ['5 %', { loss: 0.05 }, 1],
    ['15 % and shuffles them by 30 ms', { loss: 0.15, jitterMs: 30 }, 0.97],
  ])('of %s, what is lost is sent again and no picture stays away', async (_, link, share) => {
    const page = await join('ann', link);
    talk(page);
    await until(() => wholePictures(page).length > 60, 15_000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const pictures = wholePictures(page);
    const last = page.video[0]?.at(-1)?.header.timestamp ?? 0;
    const first = pictures[0] ?? 0;
    // A second for the last losses to be asked for and sent again.
    const settled = new Set(pictures.filter((ticks) => last - ticks > 90_000));
    const sent = new Set(
      (page.video[0] ?? [])
        .map(({ header }) => header.timestamp)
        .filter((ticks) => ticks >= first && last - ticks > 90_000),
    );
    expect(settled.size / sent.size).toBeGreaterThanOrEqual(share);
    // And the speaker's sound got through as well as the link let it.
    expect(page.audio[0]?.length).toBeGreaterThan(30);
  });
});

describe('bad input', () => {
  it('closes the page that sends 20 MB in one message, and nobody else notices', async () => {
    const [bad, good] = [await join('bad'), await join('good')];
    await until(() => bad.control?.readyState === 'open');
    // As a page that ignores the limit of our SDP.
    const sctp = bad.peer.sctpTransport;
    sctp?.setRemoteMaxMessageSize(0);
    bad.control?.send(Buffer.alloc(20_000_000, 65));
    await until(() => host.events.some((event) => event.type === 'left' && event.participantId === 'bad'), 25_000);
    expect(host.events.find(({ type }) => type === 'left')).toMatchObject({ code: 'CONTROL_INVALID' });
    await bad.close();
    const before = good.video[0]?.length ?? 0;
    await until(() => (good.video[0]?.length ?? 0) > before + 10);
  });

  it('survives a flood of messages and ends it', async () => {
    const [bad, good] = [await join('bad'), await join('good')];
    await until(() => bad.control?.readyState === 'open');
    for (let index = 0; index < 2000 && bad.control?.readyState === 'open'; index++) {
      bad.control.send('{"type":"amplitude","scale":1}');
      if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => host.events.some((event) => event.type === 'left' && event.participantId === 'bad'), 20_000);
    await bad.close();
    const before = good.video[0]?.length ?? 0;
    await until(() => (good.video[0]?.length ?? 0) > before + 10);
  });

  it('takes rubbish for sound as silence', async () => {
    const page = await join('ann');
    await until(() => (page.video[0]?.length ?? 0) > 0);
    for (let index = 0; index < 100; index++) {
      page.speak(
        Uint8Array.from({ length: (index * 37) % 300 }, (_, at) => (at * index * 13) & 255),
        index * 960,
      );
    }
    const before = page.video[0]?.length ?? 0;
    await until(() => (page.video[0]?.length ?? 0) > before + 20);
    expect(host.peer.load.active).toBe(1);
  });

  it('serves a page without a microphone', async () => {
    const page = new Page({ audio: false });
    pages.push(page);
    const offerSdp = await page.offer();
    const request = { roomId: 'room', participantId: 'mute', name: '', portraitId: 'face', offerSdp };
    await page.accept((await host.peer.join(request)).answerSdp);
    await until(() => (page.video[0]?.length ?? 0) > 10);
  });
});

describe('sessions that come and go', () => {
  it('leave no socket, timer, renderer or connection behind, whoever closes first', async () => {
    const cycle = async (index: number): Promise<void> => {
      const page = await join(`visitor-${index}`);
      await until(() => (page.video[0]?.length ?? 0) > 0);
      if (index % 2 === 0) await page.close();
      await host.peer.leave(`visitor-${index}`, 'done');
      await page.close();
    };
    await cycle(0);
    await cycle(1);
    const before = process.getActiveResourcesInfo();
    for (let index = 2; index < 14; index++) await cycle(index);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const after = process.getActiveResourcesInfo();
    const count = (list: readonly string[], kind: string) => list.filter((each) => each === kind).length;
    expect(count(after, 'UDPWrap')).toBeLessThanOrEqual(count(before, 'UDPWrap'));
    expect(count(after, 'Timeout')).toBeLessThanOrEqual(count(before, 'Timeout') + 2);
    expect(host.renderers.renderers).toBe(0);
    expect(host.peer.load.active).toBe(0);
  });
});
