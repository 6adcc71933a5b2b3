import { describe, expect, test } from 'vitest';

import { place, type AvatarPeerLoad } from '../../signaling/placement.ts';

const peer = (avatarId: string, load: Partial<AvatarPeerLoad> = {}): AvatarPeerLoad => ({
  avatarId,
  capacity: 5,
  active: 0,
  lateRatio: 0,
  draining: false,
  ...load,
});

describe('place()', () => {
  test.each([
    ['the smallest share of places taken', [peer('a', { active: 2 }), peer('b', { active: 3, capacity: 10 })], 'b'],
    ['the punctual one of two equals', [peer('a', { lateRatio: 0.05 }), peer('b')], 'b'],
    ['the first by name of two alike, so that the choice is repeatable', [peer('b'), peer('a')], 'a'],
    ['one that is not draining', [peer('a', { draining: true }), peer('b', { active: 4 })], 'b'],
    ['one that struggles when it is the only one', [peer('a', { lateRatio: 0.5 })], 'a'],
    ['one that keeps its frames on time', [peer('a', { lateRatio: 0.5 }), peer('b', { active: 4 })], 'b'],
  ])('gives a new room to %s', (_, peers, avatarId) => {
    expect(place(peers, undefined, 0)).toEqual({ type: 'placed', avatarId });
  });

  test('keeps a room on its peer even when another is emptier, or when its peer struggles', () => {
    const peers = [peer('a', { active: 4, lateRatio: 0.5 }), peer('b')];
    expect(place(peers, 'a', 0)).toEqual({ type: 'placed', avatarId: 'a' });
  });

  test('says full when the peer of a room has no place left', () => {
    expect(place([peer('a', { active: 5 }), peer('b')], 'a', 0)).toEqual({ type: 'full', retryAfterS: 5 });
  });

  test.each([
    [0, 5],
    [7, 12],
    [1000, 30],
  ])('with %i waiting advises to wait %i s', (waiting, retryAfterS) => {
    expect(place([], undefined, waiting)).toEqual({ type: 'full', retryAfterS });
  });
});
