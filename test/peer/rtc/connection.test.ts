import dns from 'node:dns/promises';
import { RTCPeerConnection } from 'werift';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { advance, mediaTimeUs } from '../../../src/base/timeline.ts';
import { Connection } from '../../../src/peer/rtc/connection.ts';
import { closeAll, connect, heard, opened, RTC } from '../support/connected.ts';
import { Page, until } from '../../../bench/support/visitor/page.ts';

// Handshakes and pictures take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

afterEach(closeAll);

/** Content type and places of a DTLS record's header (RFC 6347, 4.1): type, version, epoch, number, length. */
const APPLICATION_DATA = 23;
const RECORD_HEADER_BYTES = 13;

/** @returns the encrypted records of a datagram, each with its epoch and number. */
function recordsOf(datagram: Buffer): { readonly number: string; readonly bytes: string }[] {
  const records = [];
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length && datagram[at]! >= 20 && datagram[at]! <= 25;) {
    const end = at + RECORD_HEADER_BYTES + datagram.readUInt16BE(at + 11);
    const epoch = datagram.readUInt16BE(at + 3);
    if (epoch > 0) {
      records.push({ number: datagram.toString('hex', at + 3, at + 11), bytes: datagram.toString('hex', at, end) });
    }
    at = end;
  }
  return records;
}

function frame(size: number): Uint8Array[] {
  return [new Uint8Array(size).fill(7), new Uint8Array(10).fill(9)];
}

describe('Connection', () => {
  it('carries pictures and sound to every slot, and the microphone back', async () => {
    const { page, connection, log } = await connect({ slots: 3 });
    expect(connection.slots).toHaveLength(3);
    connection.slots.forEach(({ video, audio }) => {
      video.send(frame(900), mediaTimeUs(40_000), 1n);
      audio?.send([Uint8Array.of(1, 2, 3)], mediaTimeUs(40_000), 1n);
    });
    page.speak(Uint8Array.of(9, 9), 960);
    await until(() => [0, 1, 2].every((slot) => page.video[slot]?.length === 2 && page.audio[slot]?.length === 1));
    expect(page.video[0]?.map(({ header }) => header.marker)).toEqual([false, true]);
    expect(page.video[0]?.[1]?.payload).toHaveLength(10);
    await until(() => log.some((line) => line.startsWith('audio 2 ')));
  });

  it('hears a keyframe request that names the microphone as its sender', async () => {
    const { page, connection, log } = await connect();
    connection.slots[0]?.video.send(frame(100), mediaTimeUs(0), 1n);
    await until(() => page.video[0]?.length === 2);
    page.requestKeyframe();
    await until(() => log.includes('keyframe-request 0'));
  });

  it('hears a microphone whose SSRC changes to one that the offer did not name', async () => {
    const { page, log } = await connect();
    page.speak(Uint8Array.of(1, 2), 960);
    page.speak(Uint8Array.of(1, 2, 3), 1920, 0x12345678);
    await until(() => log.includes(`audio 3 305419896`));
  });

  it('sends no report of its own making: ours tie timestamps to the clock', async () => {
    const { page, connection } = await connect();
    const { video } = connection.slots[0] ?? { video: undefined };
    video?.send(frame(100), mediaTimeUs(1_000_000), 1n);
    await until(() => page.video[0]?.length === 2);
    const sent = page.video[0]?.[0]?.header.timestamp ?? 0;
    connection.report(video?.report(mediaTimeUs(3_000_000), 77n << 32n, 'cname') ?? []);
    // The library's own loop would report within 0.5 to 1.5 s.
    await new Promise((resolve) => setTimeout(resolve, 1700));
    expect(page.reports).toHaveLength(1);
    expect(page.reports[0]?.senderInfo).toMatchObject({
      ntpTimestamp: 77n << 32n,
      rtpTimestamp: (sent + 180_000) >>> 0,
      packetCount: 2,
    });
  });

  it('negotiates retransmission and REMB, and no transport-wide congestion control', async () => {
    const { connection } = await connect();
    expect(connection.answerSdp).toMatch(/a=rtcp-fb:\d+ goog-remb/);
    expect(connection.answerSdp).toMatch(/a=fmtp:\d+ apt=\d+/);
    expect(connection.answerSdp).not.toMatch(/transport-cc|transport-wide/);
    expect(connection.answerSdp).toMatch(/a=ice-lite/);
    expect(connection.answerSdp).toMatch(/a=setup:passive/);
    expect(connection.answerSdp.match(/a=candidate/g)).not.toBeNull();
  });

  it('asks no public server for its address while it gathers', async () => {
    const page = new Page({ slots: 4 });
    const offerSdp = await page.offer();
    // The library looks a name up before it sends, which fails on a machine without a network.
    const lookup = vi.spyOn(dns, 'lookup').mockRejectedValue(new Error('no network'));
    const { events } = heard();
    const full = { ...RTC, iceLite: false };
    const now = () => systemClock.now();
    const connection = await Connection.open({ offerSdp, rtc: full, events, now, random: Math.random });
    opened.push(connection, page);
    const asked = lookup.mock.calls.map(([name]) => name);
    lookup.mockRestore();
    expect(asked).toEqual([]);
    expect(connection.answerSdp).toMatch(/a=candidate/);
    expect(connection.answerSdp).not.toMatch(/typ srflx/);
  });

  it('notices at once that the page closed', async () => {
    const { page, log } = await connect();
    await page.close();
    await until(() => log.some((line) => line.startsWith('closed')), 1000);
  });

  it('says goodbye in an encrypted alert when it closes', async () => {
    const { page, connection } = await connect();
    const seen: string[] = [];
    page.inspect((datagram) => {
      seen.push(`type ${datagram.readUInt8(0)} epoch ${datagram.readUInt16BE(3)}`);
      return true;
    });
    await connection.close();
    await until(() => seen.includes('type 21 epoch 1'), 2000);
  });

  it('leaves no socket behind, however many sections there were', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === 'UDPWrap').length;
    const page = new Page({ slots: 3 });
    const offerSdp = await page.offer();
    const before = sockets();
    const { events } = heard();
    const now = () => systemClock.now();
    const connection = await Connection.open({ offerSdp, rtc: RTC, events, now, random: Math.random });
    expect(sockets()).toBeGreaterThan(before);
    await connection.close();
    await until(() => sockets() === before);
    await page.close();
  });

  it('notices within five seconds that the page vanished without a word', async () => {
    const { page, log } = await connect();
    page.vanish();
    await until(() => log.includes('closed: silent'), 5000);
  });

  it('gives up on a page that does not connect within fifteen seconds', async () => {
    const page = new Page();
    const { log, events } = heard();
    let laterUs = 0;
    const now = () => advance(systemClock.now(), laterUs);
    const offerSdp = await page.offer();
    opened.push(await Connection.open({ offerSdp, rtc: RTC, events, now, random: Math.random }), page);
    laterUs = 14_000_000;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(log).toEqual([]);
    laterUs = 16_000_000;
    await until(() => log.includes('closed: did not connect'), 3000);
  });

  it('answers an ICE restart and goes on', async () => {
    const { page, connection } = await connect();
    await page.restart((offer) => {
      expect(connection.continues(offer)).toBe(true);
      return connection.renegotiate(offer);
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    connection.slots[0]?.video.send(frame(50), mediaTimeUs(0), 1n);
    await until(() => (page.video[0]?.length ?? 0) >= 2);
  });

  it('passes JSON on, and counts what is none', async () => {
    const { page, connection, log } = await connect();
    await until(() => log.includes('open'));
    page.control?.send('{"type":"mute","active":true}');
    page.control?.send('{"type"');
    page.control?.send(Buffer.from([0, 255, 254, 3]));
    page.control?.send('17');
    await until(() => connection.data.counts.malformed === 3);
    expect(log).toContain('{"type":"mute","active":true}');
    connection.data.send({ hello: 'page' });
    await until(() => page.messages.length === 1);
  });

  it('gives no number to two records of one epoch: the second would be dropped as a replay', async () => {
    const page = new Page();
    const sent = new Map<string, string>();
    const repeated: string[] = [];
    const { connection, log } = await connect({}, page, () => {
      page.inspect((datagram) => {
        for (const { number, bytes } of recordsOf(datagram)) {
          if ((sent.get(number) ?? bytes) !== bytes) repeated.push(number);
          sent.set(number, bytes);
        }
        return true;
      });
    });
    await until(() => log.includes('open'));
    for (let count = 0; count < 40; count++) connection.data.send({ count });
    await until(() => page.messages.length === 40);
    expect(sent.size).toBeGreaterThan(40);
    expect(repeated).toEqual([]);
  });

  it('goes on talking after messages were lost and acknowledged out of order', async () => {
    const { page, connection, log } = await connect();
    await until(() => log.includes('open'));
    let lost = 0;
    page.inspect((datagram) => {
      // The first of three: the others are acknowledged as lying behind a gap, and the library's timer runs out.
      const isFirst = datagram[0] === APPLICATION_DATA && datagram.length > 150 && datagram.length < 400;
      return !isFirst || lost++ > 0;
    });
    for (const size of [150, 1000, 1000]) connection.data.send({ text: 'x'.repeat(size) });
    await until(() => page.messages.length === 3);
    expect(lost).toBe(2);
    connection.data.send({ text: 'x'.repeat(1000) });
    await until(() => page.messages.length === 4);
  });

  it.each([
    ['nothing', ''],
    ['rubbish', 'v=0\r\n\u0000\u0001'],
    ['a page of HTML', '<!doctype html>'],
    ['no media', 'v=0\r\na=fingerprint:sha-256 AA\r\na=ice-ufrag:x\r\na=group:BUNDLE 0\r\n'],
  ])('refuses %s as an offer, with a reason', async (_, offerSdp) => {
    const { events } = heard();
    const opening = Connection.open({ offerSdp, rtc: RTC, events, now: () => systemClock.now(), random: Math.random });
    await expect(opening).rejects.toMatchObject({ code: 'SDP_UNUSABLE', message: /^Cannot answer the offer: ./ });
  });

  it('repeats nothing of an offer in what it says of it', async () => {
    const page = new Page();
    opened.push(page);
    const { events } = heard();
    const sdp = await page.offer();
    for (const hostile of [
      sdp.replaceAll('VP8', 'AV1').replaceAll(/^a=mid:.*$/gm, 'a=mid:the-secret'),
      sdp.replaceAll(/^m=video/gm, 'm=the-secret'),
      sdp.replaceAll(/^a=mid:.*$/gm, `a=mid:${'the-secret'.repeat(9)}`),
      sdp.replaceAll(/^a=rtpmap:(\d+) VP8/gm, 'a=rtpmap:$1 the-secret'),
    ]) {
      const options = { rtc: RTC, events, now: () => systemClock.now(), random: Math.random };
      const refused = await Connection.open({ offerSdp: hostile, ...options }).catch((thrown: unknown) =>
        String(thrown),
      );
      expect(refused).toMatch(/Cannot answer the offer/);
      expect(refused).not.toMatch(/secret/);
    }
  });

  it('repeats nothing of what the library says of an offer', async () => {
    const page = new Page();
    opened.push(page);
    const { events } = heard();
    const offerSdp = await page.offer();
    const failing = vi.spyOn(RTCPeerConnection.prototype, 'setRemoteDescription');
    failing.mockRejectedValueOnce(new Error('cannot read the-secret'));
    const options = { rtc: RTC, events, now: () => systemClock.now(), random: Math.random };
    const refused = await Connection.open({ offerSdp, ...options }).catch((thrown: unknown) => String(thrown));
    failing.mockRestore();
    expect(refused).toMatch(/Cannot answer the offer/);
    expect(refused).not.toMatch(/secret/);
  });

  it('refuses codecs it does not know, and says which are missing', async () => {
    const page = new Page();
    opened.push(page);
    const { events } = heard();
    const open = (offerSdp: string) =>
      Connection.open({ offerSdp, rtc: RTC, events, now: () => systemClock.now(), random: Math.random });
    const sdp = await page.offer();
    await expect(open(sdp.replaceAll('VP8', 'AV1'))).rejects.toThrow(/no VP8/);
    await expect(open(sdp.replaceAll('opus', 'G722'))).rejects.toThrow(/no Opus/);
  });
});
