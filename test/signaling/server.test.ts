import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_SIGNALING_LIMITS } from '../../signaling/options.ts';
import { signRoomToken } from '../../signaling/room-token.ts';
import { TestSocket } from '../support/test-socket.ts';
import { avatar, closeAll, connect, HELLO, JOIN, SDP, serve } from './support/served.ts';

afterEach(closeAll);

describe('a call', () => {
  test('the offer goes to the avatar peer, the answer and the candidates to the caller', async () => {
    const { url } = await serve();
    const peer = await avatar(url);
    // All at once: nothing is waited for between the first message and the last.
    const caller = await connect(url, HELLO, JOIN, { type: 'candidate', candidate: { candidate: 'c1' } });
    const { peerId } = await caller.next('welcome');
    expect(await peer.next('visit')).toMatchObject({ peerId, room: 'tea', portrait: 'astronaut', sdp: SDP });
    expect(await peer.next('candidate')).toMatchObject({ peerId, candidate: { candidate: 'c1' } });
    peer.send({ type: 'answer', peerId, sdp: SDP });
    peer.send({ type: 'candidate', peerId, candidate: null });
    expect(await caller.next('answer')).toEqual({ type: 'answer', sdp: SDP });
    expect(await caller.next('candidate')).toEqual({ type: 'candidate', candidate: null });
    caller.close();
    expect(await peer.next('gone')).toMatchObject({ peerId, reason: 'left' });
  });

  test('a caller learns that all places are taken, and when to try again', async () => {
    const { url } = await serve();
    await avatar(url, 1);
    await (await connect(url, HELLO, JOIN)).next('joined');
    const second = await connect(url, HELLO, { ...JOIN, room: 'coffee' });
    expect(await second.next('full')).toEqual({ type: 'full', retryAfterS: 5 });
  });

  test('TURN credentials reach both sides', async () => {
    const { url } = await serve({ turn: { urls: ['turn:relay'], secret: 's', lifetimeS: 60 }, stunUrls: ['stun:s'] });
    const peer = await avatar(url);
    const caller = await connect(url, HELLO, JOIN);
    const { peerId, iceServers } = await caller.next('welcome');
    expect(iceServers).toMatchObject([{ urls: ['stun:s'] }, { urls: ['turn:relay'] }]);
    expect((await peer.next('visit')).iceServers[1]?.username).toContain(peerId);
  });
});

describe('a broken socket', () => {
  test('is resumed: same peer, same room, and what was said meanwhile arrives', async () => {
    const { url } = await serve();
    const peer = await avatar(url);
    const first = await connect(url, HELLO, JOIN);
    const { peerId, resume } = await first.next('welcome');
    const other = await connect(url, HELLO, JOIN);
    await other.next('joined');
    first.breakOff();
    expect((await other.next('roster')).members).toContainEqual(expect.objectContaining({ peerId, away: true }));
    peer.send({ type: 'answer', peerId, sdp: SDP });
    const again = await connect(url, { ...HELLO, resume });
    expect(await again.next('welcome')).toMatchObject({ peerId, resumed: true });
    expect(await again.next('answer')).toMatchObject({ sdp: SDP });
    expect((await other.next('roster')).members).toContainEqual(expect.objectContaining({ peerId, away: false }));
    expect(peer.heard('gone')).toEqual([]);
  });

  test('a resume token works once', async () => {
    const { url } = await serve();
    await avatar(url);
    const first = await connect(url, HELLO, JOIN);
    const { peerId, resume } = await first.next('welcome');
    const second = await connect(url, { ...HELLO, resume });
    await second.next('welcome');
    expect((await first.closed).code).toBe(4409);
    const thief = await connect(url, { ...HELLO, resume });
    const welcome = await thief.next('welcome');
    expect(welcome.resumed).toBe(false);
    expect(welcome.peerId).not.toBe(peerId);
  });

  test('is given up after the resume window', async () => {
    const { url, signaling } = await serve({ limits: { ...DEFAULT_SIGNALING_LIMITS, resumeWindowUs: 0 } });
    const peer = await avatar(url);
    const first = await connect(url, HELLO, JOIN);
    await first.next('joined');
    first.breakOff();
    expect(await peer.next('gone')).toMatchObject({ reason: 'did not come back' });
    expect(signaling.counts).toMatchObject({ rooms: 0, callers: 0 });
  });

  test('of a caller whose visit has ended is forgotten', async () => {
    const { url, signaling } = await serve();
    const peer = await avatar(url);
    const caller = await connect(url, HELLO, JOIN);
    const { peerId } = await caller.next('welcome');
    const other = await connect(url, HELLO, JOIN);
    await other.next('joined');
    caller.breakOff();
    const away = expect.objectContaining({ peerId, away: true }) as unknown;
    expect((await other.next('roster')).members).toContainEqual(away);
    peer.send({ type: 'end', peerId, code: 'PORTRAIT_UNKNOWN', message: 'No such portrait' });
    await other.next('roster');
    expect(signaling.counts).toMatchObject({ callers: 1 });
  });

  test('of an avatar peer tells its callers to offer again', async () => {
    const { url } = await serve();
    const peer = await avatar(url);
    const caller = await connect(url, HELLO, JOIN);
    await caller.next('joined');
    peer.breakOff();
    await caller.next('rejoin');
    await avatar(url);
    caller.send(JOIN);
    await caller.next('joined');
  });

  test('a silent peer is noticed within five seconds', async () => {
    const { url } = await serve();
    const peer = await avatar(url);
    const caller = await connect(url, HELLO, JOIN);
    const { peerId } = await caller.next('welcome');
    const witness = await connect(url, HELLO, JOIN);
    await witness.next('joined');
    caller.deafen();
    // The library's own wait is the assertion: it gives up after eight seconds.
    const isAway = (members: readonly { peerId: string; away: boolean }[]): boolean =>
      members.some((member) => member.peerId === peerId && member.away);
    while (!isAway((await witness.next('roster')).members));
    expect(peer.heard('gone')).toEqual([]);
  }, 15_000);
});

describe('who may come in', () => {
  const tokenSecret = 'secret of the rooms';

  test.each([
    ['no token', async () => undefined, 'TOKEN_INVALID'],
    ['an expired token', () => signRoomToken(tokenSecret, 'tea', 60, Date.now() / 1000 - 120), 'TOKEN_EXPIRED'],
    ['a token of another server', () => signRoomToken('other', 'tea', 60, Date.now() / 1000), 'TOKEN_INVALID'],
  ])('%s: a clear error and a close', async (_, make, code) => {
    const { url } = await serve({ tokenSecret });
    const caller = await connect(url, { ...HELLO, token: await make() });
    expect(await caller.next('error')).toMatchObject({ code, fatal: true });
    expect((await caller.closed).code).toBe(4401);
  });

  test('a token opens its room and no other', async () => {
    const { url } = await serve({ tokenSecret });
    await avatar(url);
    const token = await signRoomToken(tokenSecret, 'tea', 60, Date.now() / 1000);
    const caller = await connect(url, { ...HELLO, token }, { ...JOIN, room: 'vault' }, JOIN);
    expect(await caller.next('error')).toMatchObject({ code: 'TOKEN_INVALID', fatal: false });
    expect(await caller.next('joined')).toMatchObject({ room: 'tea' });
  });

  test('a broken socket does not outlive its token', async () => {
    let nowS = 1_800_000_000;
    const { url } = await serve({ tokenSecret, unixTimeS: () => nowS });
    await avatar(url);
    const token = await signRoomToken(tokenSecret, 'tea', 60, nowS);
    const caller = await connect(url, { ...HELLO, token }, JOIN);
    const { resume } = await caller.next('welcome');
    await caller.next('joined');
    nowS += 61;
    caller.breakOff();
    const again = await connect(url, { ...HELLO, resume });
    expect(await again.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED', fatal: true });
  });

  test('callers of one address hold a limited number of places, and get one when another is free', async () => {
    const limits = { ...DEFAULT_SIGNALING_LIMITS, placesPerAddress: 2 };
    const { url } = await serve({ limits, trustProxy: true });
    await avatar(url);
    const join = async (address: string, room: string): Promise<TestSocket> => {
      const socket = await TestSocket.open(url, { 'x-forwarded-for': address });
      socket.sendAll(HELLO, { ...JOIN, room });
      return socket;
    };
    const [first] = [await join('203.0.113.9', 'a'), await join('203.0.113.9', 'b')];
    await first.next('joined');
    const third = await join('203.0.113.9', 'c');
    await third.next('full');
    await (await join('203.0.113.10', 'd')).next('joined');
    first.send({ type: 'leave' });
    first.send({ type: 'heartbeat' });
    await first.next('heartbeat');
    third.send({ ...JOIN, room: 'c' });
    await third.next('joined');
  });

  test('an avatar peer shows the shared secret', async () => {
    const { url } = await serve({ peerSecret: 'shared' });
    await avatar(url, 5, 'shared');
    const stranger = await connect(url, { type: 'register', version: 1, capacity: 9, active: 0, secret: 'guess' });
    expect(await stranger.next('error')).toMatchObject({ code: 'SIGNALING_REFUSED' });
    expect((await stranger.closed).code).toBe(4401);
  });

  test.each([
    ['https://evil.example', 403],
    ['http://127.0.0.1.evil.example', 403],
    ['null', 403],
  ])('a page of %s is refused', async (origin, status) => {
    const { url } = await serve();
    await expect(TestSocket.open(url, { origin })).rejects.toThrow(String(status));
  });

  test('a page whose name was pointed at loopback is refused', async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    const refused = TestSocket.open(url, { origin: `http://evil.example:${port}`, host: `evil.example:${port}` });
    await expect(refused).rejects.toThrow('403');
  });

  test('the server’s own page and a named origin come in', async () => {
    const { url } = await serve({ allowedOrigins: ['https://call.example'] });
    for (const origin of [url.replace('ws', 'http'), 'https://call.example']) {
      const socket = await TestSocket.open(url, { origin });
      socket.close();
    }
  });

  test('too many sockets of one address are refused', async () => {
    const { url } = await serve({ limits: { ...DEFAULT_SIGNALING_LIMITS, socketsPerAddress: 2 } });
    await connect(url);
    await connect(url);
    await expect(TestSocket.open(url)).rejects.toThrow('429');
  });
});

describe('a room whose host decides', () => {
  test('a guest waits, is let in, and is sent out', async () => {
    const { url, signaling } = await serve();
    await avatar(url);
    const host = await connect(url, HELLO, { ...JOIN, door: 'ask' });
    expect(await host.next('room')).toMatchObject({ door: 'ask', isHost: true });
    const guest = await connect(url, HELLO, { ...JOIN, name: 'Ben' });
    const { peerId } = await guest.next('welcome');
    await guest.next('lobby');
    expect(guest.heard('roster')).toEqual([]);
    expect(await host.next('room')).toMatchObject({ knocking: [{ peerId, name: 'Ben' }] });
    host.send({ type: 'admit', peerId, admitted: true });
    await guest.next('admitted');
    guest.send(JOIN);
    await guest.next('joined');
    guest.send({ type: 'door', state: 'open' });
    expect(await guest.next('error')).toMatchObject({ code: 'NOT_HOST', fatal: false });
    host.send({ type: 'remove', peerId });
    expect(await guest.next('error')).toMatchObject({ code: 'REMOVED' });
    guest.send(JOIN);
    await guest.next('lobby');
    guest.close();
    await expect.poll(() => signaling.counts.callers).toBe(1);
  });
});

describe('behind a proxy', () => {
  test('a caller cannot choose the address that limits count: the last one is what the proxy saw', async () => {
    const limits = { ...DEFAULT_SIGNALING_LIMITS, socketsPerAddress: 2 };
    const { url } = await serve({ limits, trustProxy: true });
    const open = (told: string): Promise<TestSocket> => TestSocket.open(url, { 'x-forwarded-for': told });
    const sockets = [await open('1.1.1.1, 203.0.113.9'), await open('2.2.2.2, 203.0.113.9')];
    await expect(open('3.3.3.3, 203.0.113.9')).rejects.toThrow('429');
    sockets.push(await open('1.1.1.1, 203.0.113.10'));
    for (const socket of sockets) socket.close();
  });
});

describe('bad input: a clear error or a close with a reason, and no other session notices', () => {
  const sendMegabytes = (s: TestSocket): void => {
    s.sendRaw('x'.repeat(20_000_000));
  };
  const attacks: [string, (socket: TestSocket) => void, string | undefined, number | undefined][] = [
    [
      'another version',
      (s) => {
        s.send({ ...HELLO, version: 99 });
      },
      'VERSION_UNSUPPORTED',
      4400,
    ],
    [
      'join before hello',
      (s) => {
        s.send(JOIN);
      },
      'MESSAGE_INVALID',
      undefined,
    ],
    [
      'rubbish',
      (s) => {
        s.sendRaw('}{');
      },
      'MESSAGE_INVALID',
      undefined,
    ],
    [
      'binary rubbish',
      (s) => {
        s.sendRaw(randomBytes(500));
      },
      'MESSAGE_INVALID',
      4400,
    ],
    [
      'wrong SDP',
      (s) => {
        s.sendAll(HELLO, { ...JOIN, sdp: 'GET / HTTP/1.1' });
      },
      'MESSAGE_INVALID',
      undefined,
    ],
    [
      '100 kB',
      (s) => {
        s.sendRaw('x'.repeat(100_000));
      },
      'MESSAGE_TOO_LARGE',
      1009,
    ],
    ['20 MB', sendMegabytes, undefined, 1009],
    [
      'a flood',
      (s) => {
        s.sendAll(HELLO, ...Array.from({ length: 2000 }, () => ({ type: 'heartbeat' })));
      },
      'RATE_EXCEEDED',
      4429,
    ],
    [
      'stubborn rubbish',
      (s) => {
        s.sendAll(...Array.from({ length: 20 }, () => ({ type: 'x' })));
      },
      'MESSAGE_INVALID',
      4400,
    ],
    [
      'more kinds of messages of a newer page than there may be mistakes',
      (s) => {
        s.sendAll(HELLO, ...Array.from({ length: 20 }, () => ({ type: 'x' })), { type: 'offer' });
      },
      'MESSAGE_UNKNOWN',
      undefined,
    ],
    [
      'an avatar peer’s words',
      (s) => {
        s.sendAll(HELLO, { type: 'end', peerId: 'x', code: 'INTERNAL', message: '' });
      },
      'MESSAGE_UNKNOWN',
      undefined,
    ],
  ];

  test.each(attacks)('%s', async (_, attack, code, closeCode) => {
    const { url } = await serve();
    const peer = await avatar(url);
    const bystander = await connect(url, HELLO, JOIN);
    const { peerId } = await bystander.next('welcome');
    await bystander.next('joined');

    const attacker = await connect(url);
    attack(attacker);
    if (code !== undefined) expect(await attacker.next('error')).toMatchObject({ code });
    if (closeCode !== undefined) expect((await attacker.closed).code).toBe(closeCode);

    peer.send({ type: 'answer', peerId, sdp: SDP });
    await bystander.next('answer');
    expect(bystander.heard('error')).toEqual([]);
    expect(peer.heard('error')).toEqual([]);
  });
});
