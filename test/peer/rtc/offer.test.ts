import { expect, it } from 'vitest';
import { SEEDS } from '../../../bench/support/fuzz/seeds.ts';
import { readOffer } from '../../../src/peer/rtc/offer.ts';

const OFFER = SEEDS.sdp[0].toString();
const CANDIDATE = 'a=candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host\r\n';

it('reads what Chromium offers', () => {
  expect(readOffer(OFFER, true).slots).toEqual([{ videoMid: '1', audioMid: '0' }]);
});

it.each<[string, string]>([
  ['a line of a thousand characters and more', `a=fmtp:111 ${'x=1;'.repeat(400)}\r\n`],
  ['an attribute that nobody needs', 'a=simulcast:send 1;2\r\n'],
  ['an extension that only simulcast fills', 'a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n'],
  ['a control character', 'a=fmtp:111 x\u0001y\r\n'],
])('drops %s', (_, line) => {
  expect(readOffer(OFFER + line, true).sdp).toBe(readOffer(OFFER, true).sdp);
});

it('keeps at most 64 candidates, and none where it only answers checks', () => {
  const count = (sdp: string): number => sdp.split('a=candidate').length - 1;
  const offer = OFFER + CANDIDATE.repeat(200);
  expect(count(readOffer(offer, true).sdp)).toBe(64);
  expect(count(readOffer(offer, false).sdp)).toBe(0);
});

it.each<[string, (sdp: string) => string]>([
  ['more than twelve sections', (sdp) => sdp + Array.from({ length: 12 }, (_, at) => `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x${at}\r\na=rtpmap:111 opus/48000/2\r\n`).join('')], // prettier-ignore
  ['two sections of one name', (sdp) => sdp.replace('a=mid:2', 'a=mid:1').replace('BUNDLE 0 1 2', 'BUNDLE 0 1')],
  ['a section without a name', (sdp) => sdp.replace('a=mid:2\r\n', '')],
  ['a bundle of what is not there', (sdp) => sdp.replace('BUNDLE 0 1 2', 'BUNDLE 0 1 7')],
  ['a fingerprint of SHA-1', (sdp) => sdp.replace('sha-256', 'sha-1')],
  ['seventy thousand characters', (sdp) => sdp + CANDIDATE.repeat(1400)],
  ['a section of another kind', (sdp) => sdp.replace('m=application', 'm=image')],
])('refuses %s', (_, change) => {
  expect(() => readOffer(change(OFFER), true)).toThrow(/Cannot answer the offer/);
});
