import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AvatarError } from '../../src/base/errors.ts';
import { OPUS_SILENCE } from '../../src/media/pipeline.ts';
import type { Watching } from '../../src/peer/avatar-peer.ts';
import { Page, until, type PageOptions } from '../../bench/support/visitor/page.ts';
import { openPeer, opusPackets } from './support/peer.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let host: Awaited<ReturnType<typeof openPeer>>;
const pages: Page[] = [];
beforeAll(async () => {
  host = await openPeer();
});
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await host.peer.leave('agent', 'the test is over');
  host.events.length = 0;
});
afterAll(() => host.close());

const enter = (participantId = 'agent') =>
  host.peer.enter({ roomId: `room of ${participantId}`, participantId, name: '', portraitId: 'face' });

async function watch(viewerId: string, options: PageOptions = { data: false }, participantId = 'agent') {
  const page = new Page(options);
  pages.push(page);
  const ended: string[] = [];
  const offerSdp = await page.offer();
  const onEnd = (reason: string): void => void ended.push(reason);
  const watching: Watching = await host.peer.watch({ participantId, viewerId, offerSdp, onEnd });
  await page.accept(watching.answerSdp);
  return { page, watching, ended };
}

const frames = (page: Page): number => page.video[0]?.filter(({ header }) => header.marker).length ?? 0;
const isKey = (page: Page, at: number): boolean => {
  const payload = page.video[0]?.[at]?.payload;
  return payload !== undefined && (payload[0]! & 0x10) !== 0 && (payload[4]! & 1) === 0;
};

describe('an avatar that a program speaks for', () => {
  it('is live without a page, and shows everybody who watches the same pictures, beginning with a keyframe', async () => {
    await enter();
    expect(host.peer.load.active).toBe(1);
    await until(() => host.events.length === 2);
    expect(host.events.map(({ type }) => type)).toEqual(['joined', 'live']);
    const first = await watch('a');
    await until(() => frames(first.page) > 10);
    const second = await watch('b');
    await until(() => frames(second.page) > 10);
    expect(isKey(first.page, 0)).toBe(true);
    expect(isKey(second.page, 0)).toBe(true);
    expect(host.peer.viewerCount('agent')).toBe(2);
    // One encoding for all: every payload that the second one got was sent to the first one too.
    await until(() => frames(second.page) > 20);
    const sent = new Set(first.page.video[0]?.map(({ payload }) => payload.toString('base64')));
    const same = second.page.video[0]?.slice(1, 20).filter(({ payload }) => sent.has(payload.toString('base64')));
    expect(same?.length ?? 0).toBeGreaterThan(15);
  });

  it('is heard by those who watch, in real time, and falls silent when it is stopped', async () => {
    const participant = await enter();
    const { page } = await watch('a');
    await until(() => frames(page) > 3);
    const spoken = await opusPackets(100);
    participant.speak(spoken);
    await until(() => participant.spokenUs > 0);
    await new Promise((later) => setTimeout(later, 500));
    const heard = page.audio[0]?.length ?? 0;
    expect(heard).toBeGreaterThan(15);
    expect(heard).toBeLessThan(45);
    for (const { payload } of page.audio[0] ?? []) expect(spoken.some((packet) => payload.equals(packet))).toBe(true);
    participant.stopSpeaking();
    const { spokenUs } = participant;
    await new Promise((later) => setTimeout(later, 300));
    // What had left is on its way; nothing but silence leaves after it.
    const voiced = page.audio[0]?.filter(({ payload }) => !payload.equals(OPUS_SILENCE));
    expect(voiced?.length).toBe(spokenUs / 20_000);
    expect(page.audio[0]?.length).toBe(spokenUs / 20_000 + 3);
    expect(participant.spokenUs).toBe(spokenUs);
  });

  it('forgets whoever stops watching, and ends those who watch when it leaves', async () => {
    await enter();
    const [gone, closed, left] = [await watch('a'), await watch('b'), await watch('c')];
    await gone.page.close();
    await until(() => gone.ended.length === 1);
    await closed.watching.close();
    expect(closed.ended).toEqual([]);
    expect(host.peer.viewerCount('agent')).toBe(1);
    await host.peer.leave('agent', 'over');
    await until(() => left.ended.length === 1);
    expect(left.ended).toEqual(['The avatar has left']);
    expect(host.peer.load.active).toBe(0);
    await expect(watch('d')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });

  it('goes on through an ICE restart that brings only new credentials', async () => {
    await enter();
    const { page, watching } = await watch('a');
    await until(() => frames(page) > 3);
    await page.restart(async (offerSdp) => {
      const find = (name: string): string => new RegExp(`^a=${name}:(.*)$`, 'm').exec(offerSdp)?.[1]?.trim() ?? '';
      return watching.restart({ usernameFragment: find('ice-ufrag'), password: find('ice-pwd') });
    });
    const before = frames(page);
    await until(() => frames(page) > before + 10);
  });

  it('takes nothing from those who watch: their microphone is not heard', async () => {
    const participant = await enter();
    const { page } = await watch('a');
    await until(() => frames(page) > 3);
    const packets = await opusPackets(20);
    packets.forEach((packet, index) => {
      page.speak(packet, index * 960);
    });
    await new Promise((later) => setTimeout(later, 300));
    expect(participant.talking).toBe(false);
  });

  it('refuses offers that it cannot serve', async () => {
    await enter();
    const open = async (offerSdp: string) =>
      host.peer.watch({ participantId: 'agent', viewerId: 'x', offerSdp, onEnd: () => undefined });
    const page = new Page({ data: false });
    pages.push(page);
    const offer = await page.offer();
    for (const sdp of ['v=0', offer.replaceAll('VP8', 'AV1'), offer.replaceAll('a=recvonly', 'a=inactive')]) {
      await expect(open(sdp)).rejects.toBeInstanceOf(AvatarError);
    }
    expect(host.peer.viewerCount('agent')).toBe(0);
  });
});

describe('a broadcaster', () => {
  const join = async (participantId: string, role: 'page' | 'publisher', options: PageOptions = {}) => {
    const page = new Page(options);
    pages.push(page);
    const offerSdp = await page.offer();
    const { answerSdp } = await host.peer.join({
      role,
      roomId: 'studio',
      participantId,
      name: participantId,
      portraitId: 'face',
      offerSdp,
    });
    await page.accept(answerSdp);
    return { page, answerSdp };
  };

  it('moves an avatar in a room with its voice, and sees nothing itself', async () => {
    const ann = (await join('ann', 'page', { slots: 2 })).page;
    const { page: studio, answerSdp } = await join('studio', 'publisher', { data: false });
    // Its video section, which only receives, is left inactive.
    expect(answerSdp).toMatch(/m=video 9 [^]*a=inactive/);
    await until(() => (ann.video[1]?.length ?? 0) > 5);
    const spoken = await opusPackets(50);
    const talking = setInterval(() => {
      const index = count++;
      studio.speak(spoken[index % 50]!, index * 960);
    }, 20);
    let count = 0;
    await until(() => host.peer.participant('studio')?.talking === true && (ann.audio[1]?.length ?? 0) > 10);
    clearInterval(talking);
    for (const { payload } of ann.audio[1] ?? []) expect(spoken.some((packet) => payload.equals(packet))).toBe(true);
    expect(studio.video[0]).toEqual([]);
    expect(host.peer.membersOf('studio')).toEqual(['ann', 'studio']);

    // Somebody outside of the room sees it too.
    const { page: far } = await watch('far', { data: false }, 'studio');
    await until(() => frames(far) > 5);
    // It goes without a word, and its place is given up.
    await host.peer.leave('studio', 'over');
    await host.peer.leave('ann', 'over');
    expect(host.peer.membersOf('studio')).toEqual([]);
  });
});
