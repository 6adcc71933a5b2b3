import { afterEach, describe, expect, test } from 'vitest';

import { Call } from '../../client/call.ts';
import { signalingUrlOf } from '../../client/call-options.ts';
import { CallError } from '../../client/call-state.ts';
import type { LinkState, MediaLink, MediaLinkEvents, StatisticsReport } from '../../client/media-link.ts';
import type { ClientSocket } from '../../client/signaling-socket.ts';
import type { ToClient } from '../../protocol/channel.ts';

const REQUEST = { room: 'tea', portrait: 'astronaut', name: 'Ada' };
const WELCOME = { type: 'welcome', version: 1, peerId: 'p', resume: 'r', heartbeatMs: 5000, iceServers: [] };

/** A server's end of the signaling socket. */
class FakeSocket implements ClientSocket {
  readyState = 0;
  closeCode: number | undefined;
  readonly #events = new EventTarget();
  readonly said: { readonly type: string }[] = [];

  send(text: string): void {
    this.said.push(JSON.parse(text) as { type: string });
  }

  close(code = 1005): void {
    this.end(code);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#events.addEventListener(type, (event) => {
      listener(event as never);
    });
  }

  open(): void {
    this.readyState = 1;
    this.#events.dispatchEvent(new Event('open'));
  }

  say(message: object): void {
    this.#events.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  end(code: number): void {
    this.readyState = 3;
    this.closeCode = code;
    this.#events.dispatchEvent(Object.assign(new Event('close'), { code, reason: '' }));
  }
}

/** An avatar peer's end of the connection. */
class FakeLink implements MediaLink<string, string> {
  state: LinkState = 'new';
  readonly isRestarting = false;
  readonly sent: unknown[] = [];
  readonly ownStream = 'own';
  readonly ownPlace = { videoMid: '1', audioMid: '0' };
  statistics: Promise<StatisticsReport> = Promise.resolve(new Map());
  published: string | null = null;
  readonly events: MediaLinkEvents;

  constructor(events: MediaLinkEvents) {
    this.events = events;
  }

  connect(): void {
    this.state = 'connected';
    this.events.onState('connected');
  }

  offer = async (): Promise<string> => 'v=0';
  answer = async (): Promise<void> => undefined;
  candidate = async (): Promise<void> => undefined;
  publish = async (track: string | null): Promise<void> => {
    this.published = track;
  };
  send(text: string): boolean {
    this.sent.push(JSON.parse(text));
    return this.state === 'connected';
  }
  streamOf = ({ videoMid }: { readonly videoMid: string }): string => `stream ${videoMid} ${String(Math.random())}`;
  close(): void {
    this.state = 'closed';
  }
}

const calls: Call<string, string>[] = [];
afterEach(() => {
  for (const call of calls.splice(0)) call.leave();
});

function open() {
  const [sockets, links]: [FakeSocket[], FakeLink[]] = [[], []];
  const call = new Call<string, string>({
    signalingUrl: 'ws://server/signaling',
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    openLink: (_options, events) => {
      const link = new FakeLink(events);
      links.push(link);
      return link;
    },
  });
  calls.push(call);
  return { call, sockets, links };
}

/** Joins and is live. */
async function live() {
  const opened = open();
  const joining = opened.call.join(REQUEST);
  const [socket, link] = [opened.sockets[0], opened.links[0]];
  if (socket === undefined || link === undefined) throw new Error('nothing was opened');
  socket.open();
  socket.say({ ...WELCOME, resumed: false });
  await expect.poll(() => socket.said.map(({ type }) => type)).toEqual(['hello', 'join']);
  link.connect();
  await joining;
  return { ...opened, socket, link };
}

describe('Call.join()', () => {
  test('is done when the call is live, with the voice that was published before', async () => {
    const { call, sockets, links } = open();
    call.publish('voice');
    const joining = call.join(REQUEST);
    sockets[0]?.open();
    await expect.poll(() => sockets[0]?.said.length).toBe(2);
    expect(sockets[0]?.said[1]).toMatchObject({ type: 'join', ...REQUEST, sdp: 'v=0' });
    links[0]?.connect();
    await joining;
    expect(call.state).toEqual({ type: 'live', relay: false });
    expect(links[0]?.published).toBe('voice');
  });

  test('says that the media go through a relay, also when the browser knows it only later', async () => {
    const { call, link } = await live();
    expect(call.state).toEqual({ type: 'live', relay: false });
    const pair = { type: 'candidate-pair', nominated: true, state: 'succeeded', localCandidateId: 'local' };
    link.statistics = Promise.resolve(
      new Map<string, Record<string, unknown>>([
        ['pair', pair],
        ['local', { candidateType: 'relay' }],
      ]),
    );
    await expect.poll(() => call.state, { timeout: 3000 }).toEqual({ type: 'live', relay: true });
  });

  test('throws what the server says when it is refused', async () => {
    const { call, sockets } = open();
    const joining = call.join(REQUEST);
    sockets[0]?.open();
    sockets[0]?.say({ ...WELCOME, resumed: false });
    sockets[0]?.say({ type: 'error', code: 'PORTRAIT_UNKNOWN', message: 'There is no such portrait', fatal: false });
    await expect(joining).rejects.toEqual(new CallError('PORTRAIT_UNKNOWN', 'There is no such portrait'));
    expect(call.state).toMatchObject({ type: 'ended', code: 'PORTRAIT_UNKNOWN' });
  });

  test('leaves when it is aborted', async () => {
    const { call, links } = open();
    const abort = new AbortController();
    const joining = call.join(REQUEST, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(joining).rejects.toThrow('enough');
    expect(call.state.type).toBe('idle');
    expect(links[0]?.state).toBe('closed');
    await expect(call.join(REQUEST, { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('a live call', () => {
  test('tells who is there, and gives each the same stream as long as the place is the same', async () => {
    const { call, link } = await live();
    const person = { participantId: 'b', name: 'Bea', portrait: 'face-1', state: 'live', self: false };
    const participants = [{ ...person, videoMid: '3', audioMid: '2', later: 'unknown member' }];
    link.events.onMessage(JSON.stringify({ type: 'roster', participants }));
    await expect.poll(() => call.participants.length).toBe(1);
    expect(call.participants[0]).toEqual({
      participantId: 'b',
      name: 'Bea',
      isSelf: false,
      state: 'live',
      place: { videoMid: '3', audioMid: '2' },
    });
    expect(call.streamOf('b')).toBe(call.streamOf('b'));
    expect(call.streamOf('nobody')).toBeUndefined();
  });

  test('passes over what only newer servers say, and over what is broken', async () => {
    const { call, socket, link } = await live();
    const heard: ToClient[] = [];
    call.on('message', (message) => heard.push(message));
    socket.say({ type: 'weather', outlook: 'sunny' });
    socket.say({ type: 'error', code: 'MESSAGE_UNKNOWN', message: 'news', fatal: false });
    for (const text of ['{', '{"type":"hologram"}', '{"type":"roster"}']) link.events.onMessage(text);
    link.events.onMessage('{"type":"caption-stop","participantId":"b","captionId":1}');
    await expect.poll(() => heard.length).toBe(1);
    expect(call.state.type).toBe('live');
  });

  test('says texts under names of their own, and no more after a listener was aborted', async () => {
    const { call, link } = await live();
    const abort = new AbortController();
    let heard = 0;
    call.on('message', () => heard++, { signal: abort.signal });
    expect([call.say('One', { rate: 1.2 }), call.say('Two')]).toEqual(['phrase-1', 'phrase-2']);
    expect(link.sent[0]).toEqual({ type: 'speech-say', id: 'phrase-1', text: 'One', rate: 1.2 });
    abort.abort();
    link.events.onMessage('{"type":"caption-stop","participantId":"b","captionId":1}');
    await new Promise((later) => setTimeout(later, 20));
    expect(heard).toBe(0);
  });

  test('comes back with its place when the socket breaks, and goes when it is sent away', async () => {
    const { call, sockets, socket } = await live();
    socket.end(1006);
    await expect.poll(() => sockets.length).toBe(2);
    sockets[1]?.open();
    expect(sockets[1]?.said[0]).toEqual({ type: 'hello', version: 1, resume: 'r' });
    sockets[1]?.say({ type: 'error', code: 'ENDED_BY_OPERATOR', message: 'Over', fatal: true });
    sockets[1]?.end(4401);
    await expect.poll(() => call.state).toEqual({ type: 'ended', code: 'ENDED_BY_OPERATOR', message: 'Over' });
  });

  test('is left when it is disposed of, with a close that gives the place up', async () => {
    const { call, socket, link } = await live();
    await call[Symbol.asyncDispose]();
    expect([socket.closeCode, link.state]).toEqual([1000, 'closed']);
  });
});

test.each([
  ['https://visavis.example', 'wss://visavis.example/signaling'],
  ['http://127.0.0.1:8080/', 'ws://127.0.0.1:8080/signaling'],
  ['https://example.org/calls', 'wss://example.org/calls/signaling'],
])('the signaling socket of %s is %s', (server, url) => {
  expect(signalingUrlOf(server)).toBe(url);
});
