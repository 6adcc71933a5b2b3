const hex = (...texts: readonly string[]): Buffer[] =>
  texts.map((text) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\n`).join(''));

const HELLO =
  'fefd' +
  '00'.repeat(32) +
  '00' + '00' + '0002c02b' + '0100' + '0020' + '000a00040002001d' + '000d00040002 0403'.replace(' ', '') + '000e000500020007 00'.replace(' ', '') + '00170000'; // prettier-ignore

/** Good packets of each kind, as browsers send them; mutation begins here. */
export const SEEDS = {
  stun: hex(
    `000100482112a442 000102030405060708090a0b 00060009 616263643a65666768000000 c0570004 00010032 802a0008 0000000000000001
     00250000 00240004 6e001eff 00080014 ${'11'.repeat(20)}`,
    `010100202112a442 000102030405060708090a0b 00200008 0001a1475e12a443 00080014 ${'22'.repeat(20)}`,
    `0111001c2112a442 000102030405060708090a0b 00090010 00000401 556e617574686f72697a6564 80280004 00000000`,
  ),
  dtls: hex(
    `16feff0000000000000000 0018 0100000c 0000000000 00000c fefd0000000000000000 0000`,
    `15fefd0000000000000001 0002 0100`,
    `14fefd0000000000000002 0001 01 16fefd0001000000000000 0028 ${'00'.repeat(40)}`,
    `17fefd0001000000000005 0030 ${'ab'.repeat(48)}`,
  ),
  handshake: hex(HELLO, `000007 000004 30820100`, `0403 0008 3006020101020101`, `04 01020304`, '00'.repeat(12)),
  rtp: hex(
    `90ef0001000003c0deadbeef bede0002 1030 22112233 00000000 ${'55'.repeat(60)}`,
    `806f0002000007800badcafe ${'66'.repeat(40)}`,
    `926f0002000007800badcafe 0000000100000002 10000001 01020304 ${'66'.repeat(40)}`,
  ),
  rtcp: hex(
    `81c90007 00000001 00000002 00000000 00001234 00000010 00000000 00000000`,
    `80c80006 00000001 e0000000 00000000 00000100 00000001 00000064 81ca0003 00000001 0102 6162 00000000`,
    `81cd0003 00000001 00000002 000a0003`,
    `81ce0002 00000001 00000002`,
    `84ce0004 00000001 00000000 00000002 01000000`,
    `8fce0005 00000001 00000000 52454d42 0107a120 00000002`,
  ),
  sctp: hex(
    `1388138800000000 00000000 01000014 00000001 00020000 00100010 00000005`,
    `1388138800000001 00000000 0a00001c ${'00'.repeat(24)}`,
    `1388138800000001 00000000 00030014 00000005 00000000 00000033 7b7d0000`,
    `1388138800000001 00000000 03000018 00000004 00020000 00010001 00020003 00000009`,
    `1388138800000001 00000000 0400000c 00010008 01020304`,
    `1388138800000001 00000000 82000018 000d0012 00000001 00000002 00000003 00010000`,
    `1388138800000001 00000000 c000000c 00000009 00000001`,
    `1388138800000001 00000000 00030020 00000005 00010000 00000032 03000000 00000000 00040000 74657374`,
  ),
  dcep: hex('03000000000000000007 0000 76697361766973', '02', '0381010000000001 0004 0004 746578747431 3430'),
  sdp: [
    text(
      'v=0',
      'o=- 1 2 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1 2',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa',
      'a=ice-options:trickle',
      `a=fingerprint:sha-256 ${Array<string>(32).fill('AB').join(':')}`,
      'a=setup:actpass',
      'a=mid:0',
      'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
      'a=sendrecv',
      'a=msid:- track',
      'a=rtcp-mux',
      'a=rtpmap:111 opus/48000/2',
      'a=rtcp-fb:111 transport-cc',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'a=ssrc:1234 cname:name',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'c=IN IP4 0.0.0.0',
      'a=mid:1',
      'a=recvonly',
      'a=rtcp-mux',
      'a=rtpmap:96 VP8/90000',
      'a=rtcp-fb:96 nack pli',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=ssrc-group:FID 5 6',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'c=IN IP4 0.0.0.0',
      'a=mid:2',
      'a=sctp-port:5000',
      'a=max-message-size:262144',
    ),
  ],
  candidate: [
    Buffer.from('candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host generation 0 ufrag abcd network-cost 999'),
    Buffer.from('candidate:2 1 tcp 1518280447 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 9 tcptype active'),
  ],
} as const;
