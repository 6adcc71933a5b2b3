import { afterEach, expect, test } from 'vitest';
import { signRoomToken } from '../../signaling/room-token.ts';
import { avatar, closeAll, connect, HELLO, JOIN, serve } from './support/served.ts';

afterEach(closeAll);

const tokenSecret = 'secret of the rooms';

test('the wall clock may be put forward or back by an hour in the middle of a call', async () => {
  let nowS = 1_800_000_000;
  const { url, signaling } = await serve({ tokenSecret, unixTimeS: () => nowS });
  await avatar(url);
  const token = await signRoomToken(tokenSecret, 'tea', 600, nowS);
  const caller = await connect(url, { ...HELLO, token }, JOIN);
  await caller.next('joined');
  // Nobody is sent away: an invitation is looked at only by the door.
  nowS += 3600;
  caller.send({ type: 'heartbeat' });
  await caller.next('heartbeat');
  const late = await connect(url, { ...HELLO, token });
  expect(await late.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED' });
  // An invitation from the future is one all the same.
  nowS -= 7200;
  const early = await connect(url, { ...HELLO, token }, JOIN);
  await early.next('joined');
  expect(signaling.counts).toMatchObject({ callers: 2, rooms: 1 });
});
