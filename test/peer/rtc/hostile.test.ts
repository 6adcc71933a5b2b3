import { afterEach, describe, expect, it, vi } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { closeAll, connect, heard, opened, RTC } from '../support/connected.ts';
import { associationOf, chunkOf, dataOf, packetOf, sendSctp } from '../../../bench/support/visitor/sctp-attack.ts';
import { Page, until } from '../../../bench/support/visitor/page.ts';
import { checkOf, placeOf, Stranger } from '../../../bench/support/visitor/stranger.ts';
import { Connection } from '../../../src/peer/rtc/connection.ts';
import { sealSctpPacket } from '../../../src/peer/rtc/wire/sctp-packet.ts';
import { systemClock } from '../../../src/base/clock.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
afterEach(closeAll);

async function open(page = new Page()) {
  const connected = await connect({}, page);
  await until(() => connected.log.includes('open'));
  return connected;
}

async function stranger(): Promise<Stranger> {
  const socket = await Stranger.open();
  opened.push(socket);
  return socket;
}

/** The message comes behind all that was sent before it. */
async function stillHears({ page, log }: { readonly page: Page; readonly log: readonly string[] }): Promise<void> {
  const message = JSON.stringify({ type: 'mute', id: Math.random() });
  page.control?.send(message);
  await until(() => log.includes(message));
}

const record = (type: number, epoch: number, ...body: number[]): Buffer =>
  Buffer.from([type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 99, 0, body.length, ...body]);

describe('SCTP from a page', () => {
  const badChecksum = (page: Page): Buffer => {
    const packet = packetOf(page, chunkOf(4, Buffer.alloc(0)));
    packet.writeUInt8(packet.readUInt8(8) ^ 1, 8);
    return packet;
  };
  it.each<[string, (page: Page) => Buffer]>([
    ['a single byte', () => Buffer.of(1)],
    ['a wrong checksum', badChecksum],
    ['a truncated chunk', (page) => packetOf(page, Buffer.from([3, 0, 0, 40, 1, 2, 3, 4]))],
    ['a chunk shorter than its header', (page) => packetOf(page, Buffer.from([4, 0, 0, 3]))],
    ['a heartbeat whose parameter has no length', (page) => packetOf(page, chunkOf(4, Buffer.from([0, 1, 0, 0])))],
    ['a parameter that goes on beyond its chunk', (page) => packetOf(page, chunkOf(4, Buffer.from([0, 1, 0, 40])))],
    ['a request for new streams that is cut', (page) => packetOf(page, chunkOf(130, Buffer.from([0, 13, 0, 6, 1, 2])))],
    ['an acknowledgement of what was never sent', (page) => packetOf(page, sackOf(page, [[1, 60_000]]))],
    ['gaps that repeat', (page) => packetOf(page, sackOf(page, [[1, 2], [1, 2]]))], // prettier-ignore
    ['a piece without a byte', (page) => packetOf(page, dataOf(associationOf(page).localTsn, 0, '', 3))],
    ['a stream beyond those we offered', (page) => packetOf(page, dataOf(associationOf(page).localTsn, 900, 'x', 3))],
  ])('ends only that connection when it is %s, and is counted', async (_, attack) => {
    const bystander = await open();
    const visitor = await open();
    await sendSctp(visitor.page, attack(visitor.page));
    await until(() => visitor.log.some((line) => line.startsWith('abuse')));
    await stillHears(bystander);
    await visitor.connection.close();
    expect(visitor.dropped.get('sctp')).toBe(1);
    expect(bystander.log.filter((line) => /abuse|closed|fault/.test(line))).toEqual([]);
  });

  it.each<[string, number]>([
    ['an acknowledgement of a channel that nobody opened', 50],
    ['a payload type that data channels do not have', 99],
    ['a message for a channel that nobody opened', 51],
  ])('goes on after %s', async (_, payloadType) => {
    const visitor = await open();
    void associationOf(visitor.page).send(payloadType === 99 ? 0 : 8, payloadType, Buffer.of(2));
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.dropped.get('dcep')).toBe(1);
    expect(visitor.log.filter((line) => /abuse|closed|fault/.test(line))).toEqual([]);
  });

  it('leaves out a chunk that nobody knows, as its highest bit asks', async () => {
    const visitor = await open();
    const tsn = associationOf(visitor.page).localTsn;
    const whole = dataOf(tsn, visitor.page.control?.id ?? 0, '{"type":"known"}', 7);
    await sendSctp(visitor.page, packetOf(visitor.page, chunkOf(0xc1, Buffer.alloc(5)), whole));
    await until(() => visitor.log.includes('{"type":"known"}'));
  });

  it.each<[string, (page: Page) => Buffer]>([
    [
      'a piece far ahead of what is missing',
      (page) => packetOf(page, dataOf(associationOf(page).localTsn + 5000, 0, 'x', 3)),
    ],
    ['a wish to begin anew', (page) => initOf(page)],
  ])('drops %s, counts it, and goes on', async (_, attack) => {
    const visitor = await open();
    await sendSctp(visitor.page, attack(visitor.page));
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.dropped.get('sctp-untimely')).toBe(1);
    expect(visitor.log.filter((line) => /abuse|closed|fault/.test(line))).toEqual([]);
  });

  it('holds a bounded number of unfinished pieces', async () => {
    const visitor = await open();
    const first = associationOf(visitor.page).localTsn;
    const ended = () => visitor.log.some((line) => line.startsWith('abuse'));
    for (let piece = 0; piece < 3000 && !ended(); piece += 20) {
      const chunks = Array.from({ length: 20 }, (__, index) => dataOf(first + piece + index, 0, 'x', 2));
      await sendSctp(visitor.page, packetOf(visitor.page, ...chunks));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(ended);
  });

  it('is not asked for more than 32 channels', async () => {
    const visitor = await open();
    // The page's own library does not survive the answers.
    associationOf(visitor.page).receive = () => undefined;
    const hello = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (let stream = 1; stream < 40; stream++) void associationOf(visitor.page).send(stream, 50, hello);
    await until(() => visitor.log.includes('abuse: more than 32 channels'));
  });
});

describe('datagrams after the handshake', () => {
  it.each<[string, Buffer]>([
    ['a goodbye in plaintext', record(21, 0, 1, 0)],
    ['a goodbye that only claims to be encrypted', record(21, 1, 1, 0)],
    ['a goodbye encrypted with no key', record(21, 1, ...Array<number>(26).fill(0))],
    ['a record of no known type', record(25, 1, ...Array<number>(26).fill(0))],
    ['data in plaintext', record(23, 0, 1, 2, 3)],
    ['a hello that would begin again', record(22, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2)],
  ])('do not end a call with %s, neither from a stranger nor from where the page is', async (_, attack) => {
    const visitor = await open();
    const socket = await stranger();
    await socket.send(attack, placeOf(visitor.connection.answerSdp).port);
    await visitor.page.peer.iceTransports[0]?.connection.send(attack);
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.log.filter((line) => /abuse|closed|fault/.test(line))).toEqual([]);
    expect([...visitor.dropped.keys()]).toContain('stranger');
    expect(visitor.dropped.size).toBeGreaterThan(1);
  });

  it('of 60 kB are not read', async () => {
    const visitor = await open();
    const compound = Buffer.alloc(60_000);
    for (let at = 0; at < compound.length; at += 4) compound.writeUInt16BE(0x81cd, at);
    const srtcp = visitor.page.peer.dtlsTransports[0]?.srtcp;
    await visitor.page.peer.iceTransports[0]?.connection.send(srtcp?.encrypt(compound) ?? Buffer.alloc(0));
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.dropped.get('datagram')).toBe(1);
  });

  it('bring RTCP only while each packet stays inside its compound', async () => {
    const visitor = await open();
    const send = async (...bytes: number[]) => {
      const transport = visitor.page.peer.dtlsTransports[0];
      await visitor.page.peer.iceTransports[0]?.connection.send(
        transport?.srtcp.encrypt(Buffer.from(bytes)) ?? Buffer.alloc(0),
      );
    };
    await send(0x81, 206, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2);
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.dropped.get('rtcp')).toBe(1);
  });
});

describe('more than any page sends', () => {
  it('is dropped: records, packets of sound, and streams', async () => {
    const page = new Page();
    const { log, events, dropped } = heard();
    // Nothing is allowed anew while this clock stands still.
    const standing = systemClock.now();
    const offerSdp = await page.offer();
    const connection = await Connection.open({ offerSdp, rtc: RTC, events, now: () => standing, random: Math.random });
    opened.push(connection, page);
    await page.accept(connection.answerSdp);
    const rubbish = record(23, 1, ...Array<number>(40).fill(0));
    for (let index = 0; index < 1100; index++) {
      await page.peer.iceTransports[0]?.connection.send(rubbish);
      if (index % 2 === 0) page.speak(Uint8Array.of(1), index * 960, 1000 + (index % 200));
      // A socket reads 32 datagrams at a turn of the event loop.
      if (index % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const floods = ['dtls-flood', 'rtp-flood', 'ssrc-flood'];
    await until(() => floods.every((kind) => (dropped.get(kind) ?? 0) > 0));
    expect(log.filter((line) => /abuse|closed|fault/.test(line))).toEqual([]);
  });

  it('of sound whose header goes on beyond its packet is dropped', async () => {
    const visitor = await open();
    const packet = Buffer.alloc(60);
    packet.writeUInt16BE(0x906f, 0);
    packet.writeUInt32BE(0xbede_ffff, 12);
    await visitor.page.peer.iceTransports[0]?.connection.send(packet);
    await stillHears(visitor);
    await visitor.connection.close();
    expect(visitor.dropped.get('rtp')).toBe(1);
  });
});

describe('before the keys are agreed', () => {
  /** Somebody who knows the page's password, and begins a handshake that is none. */
  async function impostor() {
    const page = new Page();
    const { log, events, dropped } = heard();
    const offerSdp = await page.offer();
    const now = () => systemClock.now();
    const connection = await Connection.open({ offerSdp, rtc: RTC, events, now, random: Math.random });
    opened.push(connection, page);
    const socket = await stranger();
    const { port, ufrag, password } = placeOf(connection.answerSdp);
    const ours = /a=ice-ufrag:(\S+)/.exec(offerSdp)?.[1] ?? '';
    await socket.send(checkOf({ ours, theirs: ufrag, password }), port);
    await until(() => socket.received.length > 0);
    /** The library opens its socket for DTLS a moment after the check. */
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { socket, port, connection, dropped, log };
  }
  const hello = [1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];

  it.each<[string, string, number, Buffer]>([
    ['media', 'media-early', 1, Buffer.alloc(40, 0x80)],
    ['data in plaintext', 'dtls-plaintext', 1, record(23, 0, 1, 2, 3)],
    [
      'a fragment that ends outside its message',
      'handshake',
      1,
      record(22, 0, 1, 0, 0, 2, 0, 0, 0, 0, 9, 0, 0, 2, 1, 2),
    ],
    [
      'a handshake that is over before it began',
      'handshake',
      1,
      record(22, 0, 20, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 12, ...Array<number>(12).fill(1)),
    ],
    ['a hello that is none', 'handshake', 1, record(22, 0, ...hello)],
    ['hellos without end', 'handshake-flood', 4, record(22, 0, ...hello)],
    ['pieces of messages without end', 'handshake-flood', 1, record(22, 0, 11, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7)],
  ])('%s are dropped', async (_, kind, least, datagram) => {
    const { socket, port, connection, dropped, log } = await impostor();
    const count = kind === 'handshake-flood' ? (least === 1 ? 100 : 20) : 1;
    for (let index = 0; index < count; index++) await socket.send(datagram, port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await connection.close();
    expect(dropped.get(kind)).toBeGreaterThanOrEqual(least);
    expect(log.filter((line) => /abuse|fault/.test(line))).toEqual([]);
  });
});

describe('connectivity checks', () => {
  it('of a stranger change nothing, though they come first and nominate', async () => {
    const page = new Page();
    const { log, events, dropped } = heard();
    const now = () => systemClock.now();
    const offerSdp = await page.offer();
    const connection = await Connection.open({ offerSdp, rtc: RTC, events, now, random: Math.random });
    opened.push(connection, page);
    const socket = await stranger();
    const { port, ufrag, password } = placeOf(connection.answerSdp);
    const ours = /a=ice-ufrag:(\S+)/.exec(offerSdp)?.[1] ?? '';
    for (const names of [
      { ours, theirs: ufrag, password: 'guessed' },
      { ours: 'nobody', theirs: ufrag, password },
      { ours, theirs: 'constructor', password },
    ]) {
      await socket.send(checkOf(names), port);
    }
    await page.accept(connection.answerSdp);
    await until(() => log.includes('connected'));
    connection.slots[0]?.video.send([Buffer.alloc(50)], mediaTimeUs(0), 1n);
    await until(() => page.video[0]?.length === 1);
    expect(socket.received).toEqual([]);
    await connection.close();
    expect(dropped.get('stun-unverified')).toBe(3);
  });

  it('that the page signs from another address, and nominates it, take the call there', async () => {
    const visitor = await open();
    const socket = await stranger();
    const { port, ufrag, password } = placeOf(visitor.connection.answerSdp);
    const ours = /a=ice-ufrag:(\S+)/.exec(visitor.page.peer.localDescription?.sdp ?? '')?.[1] ?? '';
    await socket.send(checkOf({ ours, theirs: ufrag, password }), port);
    await until(() => socket.received.length === 1);
    visitor.connection.slots[0]?.video.send([Buffer.alloc(50)], mediaTimeUs(0), 1n);
    await until(() => socket.received.some((datagram) => datagram.readUInt8(0) >= 128));
  });
});

/** A first packet of an association, which names no tag. */
function initOf(page: Page): Buffer {
  const value = Buffer.alloc(16);
  value.writeUInt32BE(7, 0);
  value.writeUInt32BE(100_000, 4);
  value.writeUInt16BE(16, 8);
  value.writeUInt16BE(16, 10);
  value.writeUInt32BE(1, 12);
  const packet = packetOf(page, chunkOf(1, value));
  packet.writeUInt32BE(0, 4);
  return sealSctpPacket(packet);
}

function sackOf(page: Page, gaps: readonly (readonly [number, number])[]): Buffer {
  const value = Buffer.alloc(12 + 4 * gaps.length);
  value.writeUInt32BE(associationOf(page).lastReceivedTsn >>> 0, 0);
  value.writeUInt32BE(100_000, 4);
  value.writeUInt16BE(gaps.length, 8);
  gaps.forEach(([start, end], index) => {
    value.writeUInt16BE(start, 12 + 4 * index);
    value.writeUInt16BE(end, 14 + 4 * index);
  });
  return chunkOf(3, value);
}
