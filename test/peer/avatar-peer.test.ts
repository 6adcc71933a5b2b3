import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpusDecoder } from '../../src/native/codec/opus-decoder.ts';
import type { JoinRequest } from '../../src/peer/avatar-peer.ts';
import { Page, until, type PageOptions } from '../../bench/support/visitor/page.ts';
import { openPeer, opusPackets } from './support/peer.ts';

// Handshakes and pictures take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let host: Awaited<ReturnType<typeof openPeer>>;
const pages: Page[] = [];
const microphones: NodeJS.Timeout[] = [];

beforeEach(async () => {
  host = await openPeer();
});
afterEach(async () => {
  microphones.splice(0).forEach(clearInterval);
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await host.close();
});

async function join(participantId: string, options: PageOptions & Partial<JoinRequest> = {}): Promise<Page> {
  const page = new Page(options);
  pages.push(page);
  const { answerSdp } = await host.peer.join({
    roomId: 'room',
    participantId,
    name: participantId,
    portraitId: 'face',
    ...options,
    offerSdp: await page.offer(),
  });
  await page.accept(answerSdp, options.link);
  return page;
}

/** Speaks into the page's microphone in real time until the test ends. */
async function talk(page: Page, packetMs = 20): Promise<void> {
  const packets = await opusPackets(50);
  let index = 0;
  const start = performance.now();
  microphones.push(
    setInterval(() => {
      while (start + index * packetMs < performance.now()) {
        page.speak(packets[index % 50]!, index * 960);
        index++;
      }
    }, 5),
  );
}

function frames(page: Page, slot = 0): number {
  return page.video[slot]?.filter(({ header }) => header.marker).length ?? 0;
}

function isKey(page: Page, at: number, slot = 0): boolean {
  const payload = page.video[slot]?.[at]?.payload;
  return payload !== undefined && (payload[0]! & 0x10) !== 0 && (payload[4]! & 1) === 0;
}

describe('LiveAvatarPeer', () => {
  it('shows a living picture before the first word, beginning with a keyframe', async () => {
    const page = await join('ann');
    await until(() => frames(page) >= 10);
    expect(isKey(page, 0)).toBe(true);
    // While nobody watches every picture stands alone; one of those may still be on its way when somebody comes.
    expect((page.video[0] ?? []).filter((_, at) => isKey(page, at)).length).toBeLessThanOrEqual(2);
    await until(() => host.events.length >= 2);
    expect(host.events.map(({ type }) => type)).toEqual(['joined', 'live']);
  });

  it('sends the speaker alone the own packets back, unchanged and in sync with the picture', async () => {
    const page = await join('ann');
    await talk(page);
    const spoken = await opusPackets(50);
    await until(() => (page.audio[0]?.length ?? 0) >= 50 && frames(page) > 0 && page.reports.length >= 6);
    for (const { payload } of page.audio[0] ?? []) expect(spoken.some((packet) => payload.equals(packet))).toBe(true);
    // What the two streams say about the same moment of the wall clock must agree to within half a frame.
    const [video, audio] = [page.video[0], page.audio[0]].map((packets) => packets?.[0]?.header.ssrc);
    const offsets = page.reports.map(({ ssrc, senderInfo }) => {
      const packets = (ssrc === video ? page.video : page.audio)[0] ?? [];
      const clock = ssrc === video ? 90 : 48;
      return {
        ssrc,
        ms: Number(senderInfo.ntpTimestamp >> 16n) / 65.536,
        rtpMs: senderInfo.rtpTimestamp / clock,
        packets,
      };
    });
    const pairs = offsets
      .filter(({ ssrc }) => ssrc === video)
      .map((own) => {
        const other = offsets.find(({ ssrc, ms }) => ssrc === audio && Math.abs(ms - own.ms) < 1);
        return other === undefined ? undefined : own.rtpMs - other.rtpMs;
      });
    const differences = pairs.filter((each) => each !== undefined);
    expect(differences.length).toBeGreaterThan(1);
    expect(Math.max(...differences) - Math.min(...differences)).toBeLessThan(1);
  });

  it('answers a keyframe request within a frame or two', async () => {
    const page = await join('ann');
    await until(() => frames(page) >= 10);
    const before = page.video[0]?.length ?? 0;
    page.requestKeyframe();
    page.requestKeyframe();
    await until(() => (page.video[0] ?? []).slice(before).some((_, at) => isKey(page, before + at)), 1000);
  });

  it('shows and plays every participant to the others, and tells who is where', async () => {
    const ann = await join('ann', { slots: 4 });
    const ben = await join('ben', { slots: 4 });
    const cleo = await join('cleo', { slots: 4 });
    await talk(ben);
    await until(() => [0, 1, 2].every((slot) => frames(ann, slot) > 5 && frames(cleo, slot) > 5), 60_000);
    const roster = (page: Page) =>
      page.messages.findLast((message) => (message as { type: string }).type === 'roster') as
        { participants: { participantId: string; self: boolean; videoMid: string; audioMid: string }[] } | undefined;
    await until(() => roster(ann)?.participants.length === 3);
    const mids = ann.peer
      .getTransceivers()
      .filter(({ kind }) => kind === 'audio')
      .map(({ mid }) => mid);
    const place = mids.indexOf(
      roster(ann)?.participants.find(({ participantId }) => participantId === 'ben')?.audioMid ?? '',
    );
    await until(() => (ann.audio[place]?.length ?? 0) > 10);
    expect(roster(ann)?.participants.find(({ self }) => self)?.participantId).toBe('ann');
    // Nobody who is not alone hears their own voice.
    expect(ben.audio[0]?.length).toBe(0);

    const leavingMs = performance.now();
    await host.peer.leave('ben', 'went home');
    await until(() => roster(ann)?.participants.length === 2);
    // Pictures, not packets: what the page asked for again may still come.
    const pictures = (): number => new Set(ann.video[place]?.map(({ header }) => header.timestamp)).size;
    const gone = pictures();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pictures()).toBe(gone);
    await join('dan', { slots: 4 });
    await until(() => pictures() > gone + 5);
    const emptyMs = performance.now() - leavingMs;
    // The place goes on as one stream: numbers and times have no jump that a receiver would take for another.
    // What was lost while the keys were agreed comes again, later.
    const headers = (ann.video[place] ?? [])
      .map(({ header }) => header)
      .toSorted((a, b) => ((a.sequenceNumber - b.sequenceNumber + 0x8000) & 0xffff) - 0x8000);
    const steps = headers.slice(1).map((header, at) => (header.sequenceNumber - headers[at]!.sequenceNumber) & 0xffff);
    expect(Math.max(...steps)).toBeLessThan(3);
    const ticks = headers.slice(1).map((header, at) => (header.timestamp - headers[at]!.timestamp) >>> 0);
    // The clock goes on while the place is empty, which is as long as the machine takes to let somebody else in.
    expect(Math.max(...ticks)).toBeLessThan(90 * (emptyMs + 1000));
  });

  it('keeps the place for a page that comes back, and its avatar goes on', async () => {
    const first = await join('ann');
    await until(() => frames(first) > 3);
    await first.close();
    await until(() => host.events.some(({ type }) => type === 'interrupted'), 1000);
    expect(host.peer.load.active).toBe(1);
    const again = new Page();
    pages.push(again);
    const { answerSdp } = await host.peer.offer('ann', await again.offer());
    await again.accept(answerSdp);
    await until(() => frames(again) > 3);
    expect(isKey(again, 0)).toBe(true);
    expect(host.events.map(({ type }) => type)).toEqual(['joined', 'live', 'interrupted', 'live']);
  });

  it('closes in either order and frees the renderer', async () => {
    const page = await join('ann');
    await join('ben');
    expect(host.renderers.renderers).toBe(2);
    await host.peer.leave('ann', 'done');
    await host.peer.leave('ann', 'done');
    await page.close();
    expect(host.renderers.renderers).toBe(1);
    expect(host.peer.participant('ann')).toBeUndefined();
    await host.peer.leave('ben', 'done');
    expect(host.peer.load).toMatchObject({ active: 0, capacity: 8 });
    expect(host.renderers.renderers).toBe(0);
  });

  it('opens no decoder for a portrait that cannot be loaded', async () => {
    const open = vi.spyOn(OpusDecoder, 'open');
    const page = new Page();
    pages.push(page);
    const offerSdp = await page.offer();
    for (let visit = 0; visit < 40; visit++) {
      const request = { roomId: 'room', participantId: `eve-${visit}`, name: '', offerSdp };
      const joining = host.peer.join({ ...request, portraitId: 'nobody', portraitAlias: 'nobody' });
      await expect(joining).rejects.toMatchObject({ code: 'PORTRAIT_UNKNOWN' });
    }
    expect(open).not.toHaveBeenCalled();
    open.mockRestore();
  });

  it('opens nothing for an offer that cannot be answered', async () => {
    const open = vi.spyOn(host.renderers, 'open');
    const request = { roomId: 'room', participantId: 'eve', name: '', portraitId: 'face', offerSdp: 'v=0\r\n' };
    await expect(host.peer.join(request)).rejects.toMatchObject({ code: 'SDP_UNUSABLE' });
    expect(open).not.toHaveBeenCalled();
    expect(host.events).toEqual([]);
  });

  it('refuses what it cannot serve, and nobody else notices', async () => {
    const page = await join('ann');
    await until(() => frames(page) > 2);
    const request = { roomId: 'room', participantId: 'eve', name: '', portraitId: 'face', offerSdp: 'v=0\r\n' };
    await expect(host.peer.join(request)).rejects.toMatchObject({ code: 'SDP_UNUSABLE' });
    const mute = new Page();
    pages.push(mute);
    const nobody = { ...request, portraitId: 'nobody', offerSdp: await mute.offer() };
    await expect(host.peer.join(nobody)).rejects.toMatchObject({ code: 'PORTRAIT_UNKNOWN' });
    await expect(host.peer.offer('eve', 'v=0')).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
    expect(host.peer.load.active).toBe(1);
    const before = frames(page);
    await until(() => frames(page) > before + 5);
  });

  it('does not keep a place for a page that only signals', async () => {
    await host.close();
    host = await openPeer({ capacity: 1, connectWithinMs: 3000 });
    const mute = new Page();
    pages.push(mute);
    const request = {
      roomId: 'room',
      participantId: 'eve',
      name: '',
      portraitId: 'face',
      offerSdp: await mute.offer(),
    };
    await host.peer.join(request);
    await until(() => host.events.some((event) => event.type === 'left' && event.participantId === 'eve'));
    const page = await join('ann');
    await until(() => frames(page) > 2);
    await new Promise((later) => setTimeout(later, 3200));
    expect(host.peer.load.active).toBe(1);
  });

  it('draws a newcomer less often while an established call has to wait for its pictures', async () => {
    await host.close();
    host = await openPeer({ newcomerMs: 500 });
    const open = host.renderers.open.bind(host.renderers);
    const orders = { established: 0, newcomer: 0, preparation: 0 };
    vi.spyOn(host.renderers, 'open').mockImplementation(async (options) => {
      const renderer = await open(options);
      return {
        render: async (order) => {
          const { rank = 'preparation' } = order;
          orders[rank]++;
          if (rank === 'established') await new Promise((later) => setTimeout(later, 70));
          return renderer.render(order);
        },
        close: () => renderer.close(),
      };
    });
    const ann = await join('ann');
    await until(() => orders.established > 20);
    const ben = await join('ben', { roomId: 'other' });
    await until(() => frames(ben) > 0);
    const [before, drawn] = [frames(ann), orders.newcomer];
    await until(() => frames(ann) >= before + 5);
    expect(orders.newcomer - drawn).toBeLessThan(frames(ann) - before);
  });

  it('is full when it is full', async () => {
    await host.close();
    host = await openPeer({ capacity: 1 });
    await join('ann');
    await expect(join('ben')).rejects.toMatchObject({ code: 'CAPACITY_FULL' });
    await host.peer.leave('ann', 'done');
    await join('ben');
  });

  it('publishes coefficients when asked, obeys controls, and says what is wrong with one', async () => {
    const page = await join('ann');
    await until(() => page.control?.readyState === 'open');
    page.control?.send('{"type":"coefficients","active":true}');
    page.control?.send('{"type":"gaze","target":{"yaw":900,"pitch":0}}');
    page.control?.send('{"type":"hologram","of":"a newer page"}');
    const of = (type: string) => page.messages.filter((message) => (message as { type: string }).type === type);
    await until(() => of('coefficients').length > 5 && of('error').length === 2);
    expect(of('error')).toMatchObject([{ code: 'MESSAGE_INVALID' }, { code: 'MESSAGE_UNKNOWN' }]);
    expect(of('coefficients')[0]).toMatchObject({ coefficients: { length: 52 }, head: { length: 6 } });
  });

  it('has sound come after the lips that make it, and 30 pictures a second, for whoever follows lips', async () => {
    const page = await join('ann');
    await talk(page);
    await until(() => (page.audio[0]?.length ?? 0) >= 10 && frames(page) > 5 && page.control?.readyState === 'open');
    const [video, audio] = [page.video[0], page.audio[0]].map((packets) => packets?.[0]?.header.ssrc);
    /** How much later than the picture the sound of one moment is to be played, as the reports have it. */
    const soundLagMs = (): number => {
      const [seen, heard] = [video, audio].map((ssrc) => {
        const report = page.reports.findLast((each) => each.ssrc === ssrc);
        const { ntpTimestamp = 0n, rtpTimestamp = 0 } = report?.senderInfo ?? {};
        return Number(ntpTimestamp >> 16n) / 65.536 - rtpTimestamp / (ssrc === video ? 90 : 48);
      });
      return (heard ?? NaN) - (seen ?? NaN);
    };
    const before = soundLagMs();
    const reports = page.reports.length;
    page.control?.send('{"type":"lip-clarity","active":true}');
    await until(() => page.reports.length >= reports + 4);
    expect(soundLagMs() - before).toBeGreaterThan(40);
    expect(soundLagMs() - before).toBeLessThan(50);
    const stamps = (): number[] => [...new Set((page.video[0] ?? []).map(({ header }) => header.timestamp))];
    const seen = stamps().length;
    await until(() => stamps().length > seen + 12);
    const steps = stamps()
      .slice(-8)
      .map((stamp, index, all) => stamp - (all[index - 1] ?? stamp - 3000));
    expect(Math.min(...steps)).toBeLessThanOrEqual(3001);
    page.control?.send('{"type":"lip-clarity","active":false}');
    const lagging = page.reports.length;
    await until(() => page.reports.length >= lagging + 4);
    expect(Math.abs(soundLagMs() - before)).toBeLessThan(1);
  });

  it('speaks what was typed as if it came from the microphone, and stops at once when told', async () => {
    const page = await join('ann');
    await until(() => frames(page) > 2);
    const ann = host.peer.participant('ann');
    const packets = await opusPackets(100);
    expect(ann?.speak(packets)).toBeLessThan(300_000);
    await until(() => (page.audio[0]?.length ?? 0) > 10);
    const left = ann?.stopSpeaking() ?? 0;
    expect(left).toBeGreaterThan(500_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const heard = page.audio[0]?.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.audio[0]?.length).toBe(heard);
  });

  it('has who goes on speaking while text is spoken heard below it, in one stream', async () => {
    const page = await join('ann');
    await talk(page);
    await until(() => (page.audio[0]?.length ?? 0) > 20);
    const own = await opusPackets(50);
    const typed = await opusPackets(100, 0.1);
    const isOf = (set: readonly Uint8Array[], payload: Buffer): boolean => set.some((each) => payload.equals(each));
    const before = page.audio[0]?.length ?? 0;
    host.peer.participant('ann')?.speak(typed);
    const mixed = (): number =>
      (page.audio[0] ?? []).slice(before).filter(({ payload }) => !isOf(own, payload) && !isOf(typed, payload)).length;
    await until(() => mixed() > 40);
    expect(host.peer.participant('ann')?.talking).toBe(true);
    // Afterwards the microphone is heard as it came.
    await until(() => (page.audio[0] ?? []).slice(-10).every(({ payload }) => isOf(own, payload)));
  });

  it('falls silent within 200 ms of an interruption, while the microphone goes on', async () => {
    const page = await join('ann');
    await talk(page);
    await until(() => (page.audio[0]?.length ?? 0) > 20);
    host.peer.participant('ann')?.control({ type: 'interrupt' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const heard = page.audio[0]?.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.audio[0]?.length).toBe(heard);
    host.peer.participant('ann')?.control({ type: 'resume' });
    await until(() => (page.audio[0]?.length ?? 0) > heard + 5);
  });

  it('ends the sessions of a portrait that is blocked', async () => {
    await join('ann');
    expect(host.peer.endPortrait('face', 'blocked by the operator')).toBe(1);
    await until(() => host.events.some((event) => event.type === 'left' && event.code === 'PORTRAIT_BLOCKED'));
    expect(host.peer.load.active).toBe(0);
  });
});
