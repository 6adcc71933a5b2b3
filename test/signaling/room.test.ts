import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Effect } from '../../signaling/room-record.ts';
import { Rooms, type JoinWish } from '../../signaling/room.ts';
import { MemoryRoomStore } from '../../signaling/store/memory.ts';
import { monotonicUs, US_PER_S } from '../../src/base/timeline.ts';

const LIMITS = { membersPerRoom: 3, rooms: 2, resumeWindowUs: 10 * US_PER_S };
const LOAD = { capacity: 4, active: 0, lateRatio: 0, draining: false };
const SDP = 'v=0\r\n';

const wish = (room: string): JoinWish => ({ room, name: 'Ada', portrait: 'astronaut', sdp: SDP });
const at = (seconds: number): ReturnType<typeof monotonicUs> => monotonicUs(seconds * US_PER_S);
/** What is sent to whom; how the door stands is looked at by the tests of the door alone. */
const said = (effects: readonly Effect[]): string[] =>
  effects.filter(({ message }) => message.type !== 'room').map(({ to, message }) => `${to} ${message.type}`);

function roomsWith(...avatarIds: string[]): Rooms {
  const rooms = new Rooms(new MemoryRoomStore(), LIMITS);
  for (const avatarId of avatarIds) rooms.registerAvatar(avatarId, LOAD);
  return rooms;
}

describe('Rooms', () => {
  test('join() sends the visit with its offer to the avatar peer, and the members to everyone', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    const effects = rooms.join('p2', wish('r'));
    expect(said(effects)).toEqual(['avatar visit', 'p2 joined', 'p1 roster']);
    expect(effects[0]?.message).toMatchObject({ peerId: 'p2', room: 'r', portrait: 'astronaut', sdp: SDP });
    expect(effects[2]?.message).toMatchObject({ members: [{ peerId: 'p1' }, { peerId: 'p2', away: false }] });
  });

  test('join() without an avatar peer says full, and the caller waits', () => {
    const rooms = roomsWith();
    expect(said(rooms.join('p1', wish('r')))).toEqual(['p1 full']);
    expect(rooms.waitingCount).toBe(1);
    rooms.leave('p1', 'left');
    expect(rooms.waitingCount).toBe(0);
  });

  test('join() counts the callers it has placed before the avatar peer reports them', () => {
    const rooms = roomsWith('avatar');
    rooms.registerAvatar('avatar', { ...LOAD, capacity: 2 });
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('r'));
    expect(said(rooms.join('p3', wish('r')))).toEqual(['p3 full']);
  });

  test('join() refuses one more than a room holds, and one room more than the server holds', () => {
    const rooms = roomsWith('a', 'b', 'c');
    for (const peerId of ['p1', 'p2', 'p3']) rooms.join(peerId, wish('r'));
    expect(said(rooms.join('p4', wish('r')))).toEqual(['p4 error', 'p4 full']);
    rooms.join('p5', wish('s'));
    expect(said(rooms.join('p6', wish('t')))).toEqual(['p6 full']);
  });

  test('join() again leaves the room before', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    expect(said(rooms.join('p1', wish('s')))).toEqual(['avatar gone', 'avatar visit', 'p1 joined']);
    expect(rooms.roomCount).toBe(1);
  });

  test('fromCaller() carries to the room’s avatar peer only, and answers who has not joined', () => {
    const rooms = roomsWith('avatar');
    expect(rooms.fromCaller('p1', { type: 'offer', sdp: SDP })[0]?.message).toMatchObject({ code: 'NOT_JOINED' });
    expect(rooms.fromCaller('p1', { type: 'candidate', candidate: null })).toEqual([]);
    rooms.join('p1', wish('r'));
    expect(said(rooms.fromCaller('p1', { type: 'offer', sdp: SDP }))).toEqual(['avatar offer']);
  });

  test('fromAvatar() is deaf to an avatar peer that speaks about another one’s caller', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    expect(rooms.fromAvatar('stranger', 'p1', { type: 'answer', sdp: SDP })).toEqual([]);
    expect(rooms.ended('stranger', 'p1', 'INTERNAL', '')).toEqual([]);
    expect(rooms.refused('stranger', 'p1', 5)).toEqual([]);
    expect(said(rooms.fromAvatar('avatar', 'p1', { type: 'answer', sdp: SDP }))).toEqual(['p1 answer']);
  });

  test('ended() tells the caller why and the others that it is gone', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('r'));
    const effects = rooms.ended('avatar', 'p1', 'PORTRAIT_BLOCKED', 'This portrait was withdrawn');
    expect(said(effects)).toEqual(['p1 error', 'p2 roster']);
    expect(effects[0]?.message).toMatchObject({ code: 'PORTRAIT_BLOCKED', fatal: false });
    expect(rooms.isMember('p1')).toBe(false);
  });

  test('away() keeps the place for the resume window and then gives it up', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('r'));
    expect(rooms.away('p1', at(100))[0]?.message).toMatchObject({ members: [{ peerId: 'p1', away: true }, {}] });
    expect(rooms.expire(at(109.9)).peerIds).toEqual([]);
    expect(rooms.isMember('p1')).toBe(true);
    const { effects, peerIds } = rooms.expire(at(110));
    expect(peerIds).toEqual(['p1']);
    expect(said(effects)).toEqual(['avatar gone', 'p2 roster']);
  });

  test('excuse() does not count the time in which the server itself stood still', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.away('p1', at(100));
    rooms.excuse(60 * US_PER_S, at(165));
    expect(rooms.expire(at(169.9)).peerIds).toEqual([]);
    expect(rooms.expire(at(170)).peerIds).toEqual(['p1']);
  });

  test('back() within the window keeps the place for good', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.away('p1', at(100));
    rooms.back('p1');
    expect(rooms.expire(at(1000)).peerIds).toEqual([]);
  });

  test('avatarGone() dissolves its rooms, and only its, and tells their members to offer again', () => {
    const rooms = roomsWith('a', 'b');
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('s'));
    expect(said(rooms.avatarGone('a'))).toEqual(['p1 rejoin']);
    expect(rooms.isMember('p2')).toBe(true);
    expect(said(rooms.join('p1', wish('r')))).toEqual(['b visit', 'p1 joined']);
  });

  test('whatever happens, a room has members, a member has a room, and nobody hears of a room they are not in', () => {
    const peers = ['p1', 'p2', 'p3', 'p4', 'p5'];
    const step = fc.record({
      what: fc.constantFrom('join', 'leave', 'away', 'back', 'expire', 'ended', 'gone', 'register'),
      peerId: fc.constantFrom(...peers),
      room: fc.constantFrom('r', 's', 't'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = new MemoryRoomStore();
        const rooms = new Rooms(store, LIMITS);
        let seconds = 0;
        for (const { what, peerId, room } of steps) {
          seconds += 3;
          if (what === 'join') rooms.join(peerId, wish(room));
          else if (what === 'leave') rooms.leave(peerId, 'left');
          else if (what === 'away') rooms.away(peerId, at(seconds));
          else if (what === 'back') rooms.back(peerId);
          else if (what === 'expire') rooms.expire(at(seconds));
          else if (what === 'ended') rooms.ended('a', peerId, 'INTERNAL', '');
          else if (what === 'gone') rooms.avatarGone('a');
          else rooms.registerAvatar('a', LOAD);
          const members = [...store.all()].flatMap((each) => [...each.members.keys()]);
          expect(new Set(members).size).toBe(members.length);
          expect(peers.filter((each) => rooms.isMember(each)).sort()).toEqual(members.sort());
          for (const each of store.all()) expect(each.members.size).toBeGreaterThan(0);
          expect(store.size).toBeLessThanOrEqual(LIMITS.rooms);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the door of a room', () => {
  const ask = (room: string): JoinWish => ({ ...wish(room), door: 'ask' });
  const doorSeenBy = (effects: readonly Effect[], peerId: string): object | undefined =>
    effects.findLast(({ to, message }) => to === peerId && message.type === 'room')?.message;

  test('stands open at first, and the first member is told that it decides', () => {
    const rooms = roomsWith('avatar');
    expect(doorSeenBy(rooms.join('p1', wish('r')), 'p1')).toMatchObject({ door: 'open', isHost: true });
    const effects = rooms.join('p2', wish('r'));
    expect(doorSeenBy(effects, 'p2')).toMatchObject({ door: 'open', isHost: false });
  });

  test('lets nobody in but whom the host admits, and tells nobody else who waits', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', ask('r'));
    expect(said(rooms.join('p2', wish('r')))).toEqual(['p2 lobby']);
    expect(rooms.isMember('p2')).toBe(false);
    expect(said(rooms.fromCaller('p2', { type: 'offer', sdp: SDP }))).toEqual(['p2 error']);
    expect(said(rooms.admit('p1', 'p2', true))).toEqual(['p2 admitted']);
    expect(said(rooms.join('p2', wish('r')))).toEqual(['avatar visit', 'p2 joined', 'p1 roster']);
    const knock = rooms.join('p3', wish('r'));
    expect(doorSeenBy(knock, 'p1')).toMatchObject({ knocking: [{ peerId: 'p3', name: 'Ada' }] });
    expect(doorSeenBy(knock, 'p2')).toMatchObject({ knocking: [] });
    expect(rooms.admit('p1', 'p3', false)).toContainEqual(
      expect.objectContaining({ to: 'p3', message: expect.objectContaining({ code: 'LOBBY_REFUSED' }) as object }),
    );
    expect(said(rooms.join('p3', wish('r')))).toEqual(['p3 lobby']);
  });

  test('obeys the host alone', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('r'));
    for (const effects of [
      rooms.setDoor('p2', 'locked'),
      rooms.removeMember('p2', 'p1'),
      rooms.admit('p3', 'p2', true),
    ]) {
      expect(effects).toMatchObject([{ message: { type: 'error', code: 'NOT_HOST' } }]);
    }
    expect(rooms.isMember('p1')).toBe(true);
  });

  test('locked turns everybody away, those that wait too; open again lets them in', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', ask('r'));
    rooms.join('p2', wish('r'));
    expect(said(rooms.setDoor('p1', 'locked'))).toEqual(['p2 error']);
    expect(rooms.join('p2', wish('r'))).toMatchObject([{ message: { code: 'ROOM_LOCKED' } }]);
    rooms.setDoor('p1', 'ask');
    rooms.join('p2', wish('r'));
    expect(said(rooms.setDoor('p1', 'open'))).toEqual(['p2 admitted']);
  });

  test('whoever is removed is out, and has to ask from then on', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', wish('r'));
    rooms.join('p2', wish('r'));
    expect(said(rooms.removeMember('p1', 'p2'))).toEqual(['p2 error', 'avatar gone', 'p1 roster']);
    expect(rooms.isMember('p2')).toBe(false);
    expect(said(rooms.join('p2', wish('r')))).toEqual(['p2 lobby']);
  });

  test('a member that connects anew is not asked again, and a host alone keeps the door as it stands', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', ask('r'));
    expect(said(rooms.join('p1', wish('r')))).toEqual(['avatar gone', 'avatar visit', 'p1 joined']);
    expect(said(rooms.join('p2', wish('r')))).toEqual(['p2 lobby']);
  });

  test('the next member decides when the host has gone; when all have gone, whoever waits may come', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', ask('r'));
    rooms.join('p2', wish('r'));
    rooms.admit('p1', 'p2', true);
    rooms.join('p2', wish('r'));
    expect(doorSeenBy(rooms.leave('p1', 'left'), 'p2')).toMatchObject({ door: 'ask', isHost: true });
    rooms.join('p3', wish('r'));
    expect(said(rooms.leave('p2', 'left'))).toEqual(['avatar gone', 'p3 admitted']);
    expect(said(rooms.join('p3', wish('r')))).toEqual(['avatar visit', 'p3 joined']);
  });

  test('stands as it stood when the avatar peer vanished and its members are on their way back', () => {
    const rooms = roomsWith('a', 'b');
    rooms.join('p1', ask('r'));
    rooms.avatarGone('a');
    expect(said(rooms.join('p2', wish('r')))).toEqual(['p2 full']);
    expect(doorSeenBy(rooms.join('p1', wish('r')), 'p1')).toMatchObject({ door: 'ask', isHost: true });
    expect(said(rooms.join('p2', wish('r')))).toEqual(['p2 lobby']);
    rooms.avatarGone('b');
    rooms.leave('p1', 'left');
    rooms.registerAvatar('c', LOAD);
    expect(said(rooms.join('p2', wish('r')))).toEqual(['c visit', 'p2 joined']);
  });

  test('no more than eight wait at it', () => {
    const rooms = roomsWith('avatar');
    rooms.join('p1', ask('r'));
    const answers = Array.from({ length: 9 }, (_, index) => said(rooms.join(`g${index}`, wish('r')))[0]);
    expect(answers).toEqual([...Array.from({ length: 8 }, (_, index) => `g${index} lobby`), 'g8 full']);
    rooms.leave('g0', 'left');
    expect(said(rooms.join('g8', wish('r')))).toEqual(['g8 lobby']);
  });
});
