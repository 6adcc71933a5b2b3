import {
  JoinRequest,
  JoinResponse,
  LeaveRequest,
  ParticipantInfo,
  ParticipantInfo_State,
  ParticipantUpdate,
  SessionDescription,
  SignalResponse,
  TrackSource,
  TrickleRequest,
  WrappedJoinRequest,
} from '@livekit/protocol';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { SignalSocket } from '../../../src/server/livekit/signal-socket.ts';
import { FakeLiveKit } from './livekit-server.ts';

const OFFER = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=msid:avatar-0 sound-track',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=msid:avatar-0 picture-track',
  '',
].join('\r\n');
const ANSWER = ['v=0', 'm=audio 9 X 111', 'a=mid:0', 'm=video 9 X 96', 'a=mid:1', ''].join('\r\n');

const say = (socket: WebSocket, message: SignalResponse['message']): void => {
  socket.send(new SignalResponse({ message }).toBinary());
};
const trickle = (candidate: string, final = false): SignalResponse['message'] => ({
  case: 'trickle',
  value: new TrickleRequest({ candidateInit: JSON.stringify({ candidate }), final }),
});

function signalOf(url: string) {
  const told: string[] = [];
  const signal = new SignalSocket({
    url,
    token: 'the-token',
    onLeft: (identity) => told.push(`left ${identity}`),
    onEnd: (reason) => told.push(`end ${reason}`),
  });
  return { signal, told };
}

test('joins with its offer and its tracks, voice first, and returns the answer with the candidates that come after it', async () => {
  await using server = await FakeLiveKit.open((socket) => {
    say(socket, { case: 'join', value: new JoinResponse() });
    say(socket, { case: 'answer', value: new SessionDescription({ type: 'answer', sdp: ANSWER }) });
    say(socket, trickle('candidate:1 1 udp 1 10.0.0.1 7882 typ host'));
    say(socket, { case: 'trickle', value: new TrickleRequest({ candidateInit: 'rubbish' }) });
    say(socket, trickle('', true));
  });
  const { signal } = signalOf(server.url);
  const lines = (await signal.join(OFFER)).split('\r\n');
  expect(lines.slice(0, 5)).toEqual([
    'v=0',
    'm=audio 9 X 111',
    'a=mid:0',
    'a=candidate:1 1 udp 1 10.0.0.1 7882 typ host',
    'm=video 9 X 96',
  ]);
  const [request] = server.requests;
  expect(request?.headers.authorization).toBe('Bearer the-token');
  expect(request?.url).not.toContain('the-token');
  const query = new URL(request?.url ?? '', server.url).searchParams.get('join_request') ?? '';
  const wrapped = WrappedJoinRequest.fromBinary(Buffer.from(query, 'base64'));
  const join = JoinRequest.fromBinary(wrapped.joinRequest);
  expect(join.publisherOffer?.sdp).toBe(OFFER);
  expect(join.addTrackRequests.map(({ cid, source }) => [cid, source])).toEqual([
    ['sound-track', TrackSource.MICROPHONE],
    ['picture-track', TrackSource.CAMERA],
  ]);
  signal.close();
});

test('tells who left, and that the server ended it', async () => {
  await using server = await FakeLiveKit.open((socket) => {
    say(socket, { case: 'answer', value: new SessionDescription({ type: 'answer', sdp: ANSWER }) });
    say(socket, trickle('', true));
  });
  const { signal, told } = signalOf(server.url);
  await signal.join(OFFER);
  const [socket] = server.sockets;
  if (socket === undefined) throw new Error('nobody came');
  socket.send(Buffer.from('rubbish'));
  const participants = [
    new ParticipantInfo({ identity: 'agent', state: ParticipantInfo_State.DISCONNECTED }),
    new ParticipantInfo({ identity: 'other', state: ParticipantInfo_State.ACTIVE }),
  ];
  say(socket, { case: 'update', value: new ParticipantUpdate({ participants }) });
  say(socket, { case: 'leave', value: new LeaveRequest() });
  await expect.poll(() => told).toEqual(['left agent', 'end The LiveKit server ended the participation']);
});

test('fails when the server refuses, and when it closes instead of answering', async () => {
  await using closing = await FakeLiveKit.open((socket) => {
    socket.close(1011);
  });
  await expect(signalOf(closing.url).signal.join(OFFER)).rejects.toMatchObject({ code: 'LIVEKIT_FAILED' });
  await expect(signalOf('ws://127.0.0.1:9').signal.join(OFFER)).rejects.toMatchObject({ code: 'LIVEKIT_FAILED' });
});
