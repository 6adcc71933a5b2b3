import { describe, expect, it } from 'vitest';
import { readDcep } from '../../../src/peer/rtc/wire/dcep-message.ts';
import { readDtlsRecords } from '../../../src/peer/rtc/wire/dtls-record.ts';
import { splitRtcp } from '../../../src/peer/rtc/wire/rtcp-packets.ts';
import { readSrtpSsrc } from '../../../src/peer/rtc/wire/rtp-header.ts';
import { readSctpPacket } from '../../../src/peer/rtc/wire/sctp-packet.ts';
import { readStunMessage } from '../../../src/peer/rtc/wire/stun-message.ts';
import { SEEDS } from '../../../bench/support/fuzz/seeds.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('readSctpPacket()', () => {
  const HEADER = '1388138800000001 00000000 ';

  it.each(SEEDS.sctp.map((seed) => [seed.toString('hex')]))('reads %s', (seed) => {
    expect(readSctpPacket(bytes(seed))?.length).toBeGreaterThan(0);
  });

  it.each([
    ['a header alone', ''],
    ['a port of 0', undefined],
    ['a chunk shorter than its header', '04000003'],
    ['a chunk that goes on beyond the packet', '04000010 00010008'],
    ['a parameter shorter than its header', '04000008 00010000'],
    ['a parameter that goes on beyond its chunk', '04000008 00010028'],
    ['gaps that repeat', '03000018 00000004 00020000 00020000 00010002 00010002'],
    ['gaps that go backwards', '03000018 00000004 00020000 00020000 00050006 00010002'],
    ['a gap that ends before it begins', '03000014 00000004 00020000 00010000 00030002'],
    ['more gaps than there is room for', '03000010 00000004 00020000 ffff0000'],
    ['a request for new streams that is cut', '82000010 000d000c 00000001 00000002'],
    ['a first packet that names no tag', '01000014 00000000 00020000 00100010 00000005'],
    ['a first packet without streams', '01000014 00000001 00020000 00000010 00000005'],
    ['a first packet with another chunk', '01000014 00000001 00020000 00100010 00000005 0b000004'],
    ['a piece without a byte', '00030010 00000005 00000000 00000033'],
    ['a cookie of another length', '0a000008 00000000'],
    ['65 chunks', '0b000004'.repeat(65)],
  ])('refuses %s', (_, chunks) => {
    expect(
      readSctpPacket(bytes(chunks === undefined ? `0000${HEADER.slice(4)}0b000004` : HEADER + chunks)),
    ).toBeUndefined();
  });
});

describe('readDtlsRecords()', () => {
  it.each([
    ['nothing', ''],
    ['an acknowledgement with something behind it', '02000100'],
    ['a type that is none', '19fefd0000000000000001 0002 0100'],
    ['another version', '160302 0000000000000001 0002 0100'],
    ['an end beyond the datagram', '16fefd0000000000000001 0009 0100'],
    ['a later epoch', `17fefd0002000000000001 0020 ${'00'.repeat(32)}`],
    ['less than a cipher needs', '17fefd0001000000000001 0004 00000000'],
    ['seventeen records', '14fefd0000000000000001 0001 01'.repeat(17)],
  ])('refuses %s', (_, datagram) => {
    expect(readDtlsRecords(bytes(datagram))).toBeUndefined();
  });
});

describe('splitRtcp()', () => {
  it.each([
    ['a length beyond the compound', '81c90009 00000001 00000002'],
    ['another version', '41c90001 00000001'],
    ['a rest', '81cd0002 00000001 00000002 81'],
  ])('refuses %s', (_, compound) => {
    expect(splitRtcp(bytes(compound))).toBeUndefined();
  });
});

describe('readSrtpSsrc()', () => {
  const TAG = '00'.repeat(16);

  it('reads the header of a browser', () => {
    expect(readSrtpSsrc(SEEDS.rtp[0] ?? Buffer.alloc(0))).toBe(0xdeadbeef);
  });

  // One whose extension goes on beyond the packet keeps the library's reader busy for ever.
  it.each([
    ['half a header', '806f0001 00000000'],
    ['sources beyond the packet', `8f6f0001 00000000 00000001 ${TAG}`],
    ['an extension beyond the packet', `906f0001 00000000 00000001 bedeffff ${TAG}`],
    ['an element beyond its extension', `906f0001 00000000 00000001 bede0001 1f000000 ${TAG}`],
  ])('refuses %s', (_, packet) => {
    expect(readSrtpSsrc(bytes(packet))).toBeUndefined();
  });
});

describe('readStunMessage()', () => {
  it('reads the check of a browser', () => {
    expect(readStunMessage(SEEDS.stun[0] ?? Buffer.alloc(0))).toMatchObject({ kind: 'request', username: 'abcd:efgh' });
  });

  it.each([
    ['a length that is not what follows', 2, '0049'],
    ['another cookie', 4, '2112a443'],
    ['an attribute that goes on beyond the message', 22, 'ffff'],
  ])('refuses %s', (_, at, changed) => {
    const message = Buffer.from(SEEDS.stun[0] ?? Buffer.alloc(0));
    bytes(changed).copy(message, at);
    expect(readStunMessage(message)).toBeUndefined();
  });
});

describe('readDcep()', () => {
  it.each([
    ['of one byte (RFC 8832, 5.2)', '02'],
    ['that Pion fills up to four', '02000000'],
  ])('reads an acknowledgement %s', (_, message) => {
    expect(readDcep(bytes(message))).toBe('ack');
  });

  it.each([
    ['nothing', ''],
    ['a label beyond the message', '03000000 00000000 0009 0000 7669'],
    ['a channel type that is none', '03070000 00000000 0000 0000'],
    ['a label of 200 bytes', `03000000 00000000 00c8 0000 ${'61'.repeat(200)}`],
  ])('refuses %s', (_, message) => {
    expect(readDcep(bytes(message))).toBeUndefined();
  });
});
