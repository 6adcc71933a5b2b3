import { createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { signRoomToken, verifyRoomToken } from '../../signaling/room-token.ts';
import { turnServer } from '../../signaling/turn-credentials.ts';

const SECRET = 'a secret of the operator';
const NOW_S = 1_800_000_000;

describe('room tokens', () => {
  test('open their room until they expire', async () => {
    const token = await signRoomToken(SECRET, 'tea', 60, NOW_S);
    await expect(verifyRoomToken(SECRET, token, NOW_S + 59)).resolves.toMatchObject({
      room: 'tea',
      expiresS: NOW_S + 60,
    });
    await expect(verifyRoomToken(SECRET, token, NOW_S + 61)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  test.each([
    ['nothing', () => ''],
    ['rubbish', () => 'not.a.token'],
    ['another server’s token', () => signRoomToken('another secret', 'tea', 60, NOW_S)],
    [
      'an unsigned one',
      () => `${base64url({ alg: 'none' })}.${base64url({ iss: 'visavis', room: 'tea', exp: NOW_S + 60 })}.`,
    ],
    ['one that never expires', () => signed({ room: 'tea' })],
    ['one that names no room', () => signed({ exp: NOW_S + 60 })],
    [
      'one whose room was changed',
      async () => {
        const [header, , signature] = (await signRoomToken(SECRET, 'tea', 60, NOW_S)).split('.');
        return [header, base64url({ iss: 'visavis', room: 'vault', exp: NOW_S + 60 }), signature].join('.');
      },
    ],
  ])('refuse %s', async (_, make) => {
    await expect(verifyRoomToken(SECRET, await make(), NOW_S)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });
});

describe('turnServer()', () => {
  test('makes what coturn recomputes: the expiry as name, its HMAC-SHA1 as password', () => {
    const server = turnServer({ urls: ['turn:h'], secret: 'north', lifetimeS: 3600 }, 'p1', NOW_S + 0.7);
    expect(server.username).toBe(`${NOW_S + 3600}:p1`);
    expect(server.credential).toBe(
      createHmac('sha1', 'north')
        .update(`${NOW_S + 3600}:p1`)
        .digest('base64'),
    );
  });
});

/** A token that another program signed with the right secret. */
function signed(claims: object): string {
  const signedPart = `${base64url({ alg: 'HS256' })}.${base64url({ iss: 'visavis', ...claims })}`;
  return `${signedPart}.${createHmac('sha256', SECRET).update(signedPart).digest('base64url')}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
