import { afterEach, expect, it } from 'vitest';
import { Connection } from '../../../src/peer/rtc/connection.ts';
import { readOffer, type PeerRole } from '../../../src/peer/rtc/offer.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { closeAll, heard, opened, RTC } from '../support/connected.ts';

afterEach(closeAll);

const FINGERPRINT = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;
const ICE = ['a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901', FINGERPRINT, 'a=setup:actpass'];

interface Part {
  readonly kind: string;
  readonly mid: string;
  readonly codec?: string;
  readonly direction?: string;
  readonly own?: readonly string[];
}

function offer(parts: readonly Part[], session: readonly string[] = [], bundle = parts.map(({ mid }) => mid)): string {
  const sections = parts.flatMap(({ kind, mid, codec = 'opus/48000/2', direction = 'sendonly', own = ICE }) =>
    kind === 'application'
      ? ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', `a=mid:${mid}`, 'a=sctp-port:5000', ...own]
      : [
          `m=${kind} 9 UDP/TLS/RTP/SAVPF 96`,
          `a=mid:${mid}`,
          `a=${direction}`,
          'a=rtcp-mux',
          `a=rtpmap:96 ${codec}`,
          'a=fmtp:96 some=thing',
          ...own,
        ],
  );
  const group = bundle.length > 0 ? [`a=group:BUNDLE ${bundle.join(' ')}`] : [];
  return ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', ...group, ...session, ...sections, ''].join('\r\n');
}

async function answer(offerSdp: string, role: PeerRole): Promise<string> {
  const { events } = heard();
  const now = () => systemClock.now();
  const connection = await Connection.open({ offerSdp, role, rtc: RTC, events, now, random: Math.random });
  opened.push(connection);
  return connection.answerSdp;
}

/** `kind mid port direction` of each section. */
const shape = (sdp: string): string[] =>
  sdp
    .split(/^(?=m=)/m)
    .slice(1)
    .map((section) => {
      const find = (pattern: RegExp): string => pattern.exec(section)?.[1] ?? '-';
      const kind = find(/^m=(\w+)/);
      return `${kind} ${find(/^a=mid:(\S+)/m)} ${find(/^m=\w+ (\d)/)} ${find(/^a=(sendonly|recvonly|sendrecv|inactive)/m)}`;
    });

const opus: Part = { kind: 'audio', mid: 'sound' };
const h264: Part = { kind: 'video', mid: 'picture', codec: 'H264/90000' };

it.each(['H264/90000', 'AV1/90000', 'VP8/90000'])(
  'takes the sound of a broadcast, and leaves its %s inactive',
  async (codec) => {
    const sdp = await answer(offer([{ ...h264, codec }, opus]), 'publisher');
    expect(shape(sdp)).toEqual(['video picture 9 inactive', 'audio sound 9 recvonly']);
    // The first of a bundle carries its transport.
    expect(sdp).toMatch(/^a=group:BUNDLE picture sound\r$/m);
    for (const section of sdp.split(/^(?=m=)/m).slice(1)) {
      expect(section).toMatch(/^a=ice-ufrag:/m);
      expect(section).toMatch(/^a=fingerprint:/m);
      expect(section).toMatch(/^a=setup:passive/m);
      expect(section).toMatch(/^a=candidate:/m);
    }
    expect(sdp).toContain(`a=rtpmap:96 ${codec}`);
  },
);

it('shows one picture with its sound to whoever watches, and declines everything else', async () => {
  const receive = { direction: 'recvonly' };
  const vp8 = { kind: 'video', codec: 'VP8/90000', ...receive };
  const parts = [
    { kind: 'application', mid: 'data' },
    { ...h264, mid: 'a', ...receive },
    { ...vp8, mid: 'b', direction: 'sendonly' },
    { ...vp8, mid: 'c' },
    { ...vp8, mid: 'd' },
    { ...opus, mid: 'e', ...receive },
  ];
  const sdp = await answer(offer(parts), 'viewer');
  expect(shape(sdp)).toEqual([
    'application data 0 -',
    'video a 9 inactive',
    'video b 9 inactive',
    'video c 9 sendonly',
    'video d 9 inactive',
    'audio e 9 sendonly',
  ]);
  expect(sdp).toMatch(/^a=group:BUNDLE a b c d e\r$/m);
});

it('finds the transport where a program writes it: once for the session, or only in the first section', async () => {
  const bare = { own: [] };
  const publish = (sdp: string): Promise<string> => answer(sdp, 'publisher');
  expect(shape(await publish(offer([{ ...opus, ...bare }], ICE)))).toEqual(['audio sound 9 recvonly']);
  expect(shape(await publish(offer([h264, { ...opus, ...bare }])))).toHaveLength(2);
  expect(shape(await publish(offer([opus], [], [])))).toHaveLength(1);
});

it('takes the transport of the first section of the bundle, as programs that do not promise to bundle mean it', () => {
  const other = ICE.map((line) => line.replace('abcd', 'zzzz'));
  const candidate = (port: number): string => `a=candidate:1 1 udp 1 10.0.0.1 ${port} typ host`;
  const receive = { direction: 'recvonly' };
  const parts = [
    { ...opus, ...receive, own: [...other, candidate(1)] },
    { ...h264, codec: 'VP8/90000', ...receive, own: [...ICE, candidate(2)] },
  ];
  const { sdp } = readOffer(offer(parts, [], ['picture', 'sound']), true, 'viewer');
  expect(sdp.match(/^a=ice-ufrag:.*$/gm)).toEqual(['a=ice-ufrag:abcd', 'a=ice-ufrag:abcd']);
  expect(sdp.match(/^a=candidate:.*$/gm)).toEqual([candidate(2)]);
});

it.each([
  ['viewer', offer([h264, { ...opus, direction: 'recvonly' }]), /no video section that receives VP8/],
  ['viewer', offer([{ ...h264, codec: 'VP8/90000', direction: 'sendonly' }]), /no video section that receives VP8/],
  ['publisher', offer([h264]), /no audio section that sends Opus/],
  ['publisher', offer([{ ...opus, codec: 'PCMU/8000' }]), /no audio section that sends Opus/],
  ['publisher', offer([{ ...opus, direction: 'recvonly' }]), /no audio section that sends Opus/],
  ['publisher', offer([{ ...opus, own: [] }]), /fingerprint/],
  ['publisher', offer([opus, { ...opus, kind: 'video' }]), /one mid/],
] as const)('says to a %s what is missing', (role, sdp, problem) => {
  expect(() => readOffer(sdp, false, role)).toThrow(problem);
});
