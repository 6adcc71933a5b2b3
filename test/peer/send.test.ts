import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, type RtpPacket } from 'werift';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { until } from '../../bench/support/visitor/page.ts';
import type { Closable } from '../../src/base/lifecycle.ts';
import { openPeer, opusPackets } from './support/peer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let host: Awaited<ReturnType<typeof openPeer>>;
const servers: RTCPeerConnection[] = [];
beforeAll(async () => {
  host = await openPeer();
});
afterEach(async () => {
  await host.peer.leave('agent', 'the test is over');
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => host.close());

/** Another server's end of a WHIP connection, by the library's own means. */
function openServer() {
  const server = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    bundlePolicy: 'max-bundle',
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: {
      audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 })],
      video: [new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000 })],
    },
  });
  servers.push(server);
  const packets: Record<string, RtpPacket[]> = { audio: [], video: [] };
  server.onTrack.subscribe((track: MediaStreamTrack) => {
    track.onReceiveRtp.subscribe((packet) => packets[track.kind]?.push(packet));
  });
  /** @param setup - the part that it wants in the DTLS handshake. */
  const answer = async (offerSdp: string, setup: 'active' | 'passive'): Promise<string> => {
    await server.setRemoteDescription({ type: 'offer', sdp: offerSdp });
    for (const { connection } of server.iceTransports) Object.assign(connection, { stunServer: undefined });
    for (const transport of server.dtlsTransports) transport.role = setup === 'active' ? 'client' : 'server';
    await server.setLocalDescription(await server.createAnswer());
    return server.localDescription?.sdp ?? '';
  };
  return { server, answer, packets };
}

async function send(exchange: (offerSdp: string) => Promise<string>, mayReach = (): boolean => true) {
  const told: string[] = [];
  const onConnected = (): void => void told.push('connected');
  const onEnd = (reason: string): void => void told.push(reason);
  const sending: Closable = await host.peer.send({
    participantId: 'agent',
    viewerId: 'server',
    exchange,
    mayReach,
    onConnected,
    onEnd,
  });
  return { sending, told };
}

const enter = () => host.peer.enter({ roomId: 'room', participantId: 'agent', name: '', portraitId: 'face' });

it.each(['active', 'passive'] as const)('sends picture and sound to a server that answers `%s`', async (setup) => {
  const participant = await enter();
  const { answer, packets } = openServer();
  const { sending, told } = await send((offerSdp) => {
    expect(offerSdp).toMatch(/a=setup:actpass/);
    expect(offerSdp.match(/^a=sendonly/gm)).toHaveLength(2);
    return answer(offerSdp, setup);
  });
  await until(() => told.includes('connected'));
  const spoken = await opusPackets(20);
  participant.speak(spoken);
  await until(() => (packets['video']?.length ?? 0) > 10 && (packets['audio']?.length ?? 0) > 5);
  const [first] = packets['video'] ?? [];
  expect((first?.payload[4] ?? 1) & 1).toBe(0); // A key frame (RFC 7741, 4.3).
  expect(spoken.some((packet) => packets['audio']?.[3]?.payload.equals(packet))).toBe(true);
  expect(host.peer.viewerCount('agent')).toBe(1);
  await sending.close();
  expect(host.peer.viewerCount('agent')).toBe(0);
  expect(told).toEqual(['connected']);
});

it('exchanges messages over a reliable channel, and opens the lossy one that the other end waits for', async () => {
  await enter();
  const { server, answer } = openServer();
  const labels: string[] = [];
  const heard: string[] = [];
  server.onDataChannel.subscribe((channel) => {
    labels.push(channel.label);
    if (channel.label !== 'sure') return;
    channel.onMessage.subscribe((message) => {
      heard.push(String(message));
      channel.send(Buffer.from(`${String(message)} yourself`));
    });
  });
  const answers: string[] = [];
  const opened = { isOpen: false };
  const sending = await host.peer.send({
    participantId: 'agent',
    viewerId: 'server',
    exchange: (offerSdp) => answer(offerSdp, 'passive'),
    mayReach: () => true,
    channel: {
      label: 'sure',
      lossyLabel: 'lossy',
      onOpen: () => (opened.isOpen = true),
      onMessage: (bytes) => answers.push(Buffer.from(bytes).toString()),
    },
    onConnected: () => undefined,
    onEnd: () => undefined,
  });
  expect(sending.sendMessage(Buffer.from('too early'))).toBe(false);
  await until(() => opened.isOpen && labels.length === 2);
  expect(sending.sendMessage(Buffer.from('you'))).toBe(true);
  await until(() => answers.length > 0);
  expect([labels.toSorted(), heard, answers]).toEqual([['lossy', 'sure'], ['you'], ['you yourself']]);
  await sending.close();
  expect(sending.sendMessage(Buffer.from('too late'))).toBe(false);
});

it('sends its sound to a WHIP server that declines pictures, as ours does', async () => {
  const participant = await enter();
  const { told, sending } = await send(async (offerSdp) => {
    const { answerSdp } = await host.peer.join({
      role: 'publisher',
      roomId: 'stage',
      participantId: 'other',
      name: '',
      portraitId: 'face',
      offerSdp,
    });
    return answerSdp;
  });
  await until(() => told.includes('connected'));
  participant.speak(await opusPackets(50, 0.5));
  await until(() => host.peer.participant('other')?.talking === true);
  await sending.close();
  await host.peer.leave('other', 'the test is over');
});

it('refuses answers that take nothing, or with addresses that may not be reached, and forgets them', async () => {
  await enter();
  const { answer } = openServer();
  let sdp = '';
  const exchange = async (offerSdp: string): Promise<string> => (sdp = await answer(offerSdp, 'active'));
  await expect(send(exchange, () => false)).rejects.toMatchObject({
    code: 'SDP_UNUSABLE',
    message: expect.stringContaining('no UDP address') as string,
  });
  for (const [changed, problem] of [
    [sdp.replaceAll('VP8/', 'H264/').replaceAll('opus/', 'PCMU/'), 'neither VP8 nor Opus'],
    [sdp.replaceAll(/^a=recvonly/gm, 'a=inactive'), 'neither VP8 nor Opus'],
    [sdp.replaceAll(/^a=mid:1/gm, 'a=mid:7'), 'not those that were offered'],
    [sdp.replaceAll(/^a=fingerprint.*\r\n/gm, ''), 'no DTLS fingerprint'],
    ['<html>', 'v=0'],
  ] as const) {
    await expect(send(async () => changed)).rejects.toMatchObject({
      code: 'SDP_UNUSABLE',
      message: expect.stringContaining(problem) as string,
    });
  }
  expect(host.peer.viewerCount('agent')).toBe(0);
});
