import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Rooms, type Effect, type JoinWish } from '../../signaling/room.ts';
import { MemoryRoomStore } from '../../signaling/store/memory.ts';
import { monotonicUs, US_PER_S } from '../../src/base/timeline.ts';

const LIMITS = { membersPerRoom: 3, rooms: 2, resumeWindowUs: 10 * US_PER_S };
const LOAD = { capacity: 4, active: 0, lateRatio: 0, draining: false };
const SDP = 'v=0\r\n';

const wish = (room: string): JoinWish => ({ room, name: 'Ada', portrait: 'astronaut', sdp: SDP });
const at = (seconds: number): ReturnType<typeof monotonicUs> => monotonicUs(seconds * US_PER_S);
const said = (effects: readonly Effect[]): string[] => effects.map(({ to, message }) => `${to} ${message.type}`);

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
