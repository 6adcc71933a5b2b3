import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errorSchema } from '../../../protocol/error.ts';
import { AvatarError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { failureHandler } from '../../../src/server/http/failure.ts';
import { PluginRoutes, type PluginRequest } from '../../../src/server/livekit/plugin-routes.ts';

/** A participant's token that nobody signed: whether it is true is for the LiveKit server to say. */
const tokenOf = (room: string, identity: string): string =>
  [{ alg: 'HS256' }, { sub: identity, video: { room } }, 'x']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');

let server: Server;
let plugins: PluginRoutes;
let address: string;
let asked: PluginRequest[];
let closed: string[];
beforeEach(async () => {
  asked = [];
  closed = [];
  plugins = new PluginRoutes({
    entry: {
      check: async (_request, key) => {
        if (key !== 'the key') throw new AvatarError('TOKEN_INVALID', 'no');
        return { type: 'open' };
      },
    },
    url: 'wss://livekit.example',
    open: async (request) => {
      if (request.portraitId === 'nobody') throw new AvatarError('PORTRAIT_UNKNOWN', 'no such portrait');
      asked.push(request);
      return { id: `avatar-${asked.length}`, close: () => void closed.push(request.portraitId) };
    },
    trustProxy: false,
    logger: silentLogger,
  });
  const app = express();
  app.use('/livekit', plugins.router);
  app.use(failureHandler(silentLogger));
  server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/livekit`;
});
afterEach(() => {
  server.close();
});

const post = (path: string, body: object, key = 'the key'): Promise<Response> =>
  fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(body),
  });
const bey = { avatar_id: 'mia', livekit_url: 'wss://livekit.example', livekit_token: tokenOf('tea', 'face') };
const lemonSlice = {
  transport_type: 'livekit',
  agent_id: 'kenji',
  properties: { livekit_url: 'https://livekit.example/', livekit_token: tokenOf('coffee', 'face') },
};

it('starts avatars as the plugins bey and lemonslice ask for them', async () => {
  const first = await post('/bey/v1/session', bey);
  expect([first.status, await first.json()]).toEqual([201, { id: 'avatar-1', avatar_id: 'mia' }]);
  const second = await post('/lemonslice', lemonSlice);
  expect([second.status, await second.json()]).toEqual([201, { session_id: 'avatar-2' }]);
  expect(asked.map(({ portraitId, url, token }) => [portraitId, url, token])).toEqual([
    ['mia', 'wss://livekit.example', tokenOf('tea', 'face')],
    ['kenji', 'wss://livekit.example', tokenOf('coffee', 'face')],
  ]);
  asked[0]?.onEnd('gone');
  await plugins.close();
  expect(closed).toEqual(['kenji']);
});

it.each([
  ['another LiveKit server', { ...bey, livekit_url: 'wss://10.0.0.1:6379' }, 403, 'TARGET_REFUSED'],
  ['the same server without encryption', { ...bey, livekit_url: 'ws://livekit.example' }, 403, 'TARGET_REFUSED'],
  ['an address that is none', { ...bey, livekit_url: 'livekit' }, 403, 'TARGET_REFUSED'],
  ['a portrait that is not here', { ...bey, avatar_id: 'nobody' }, 404, 'PORTRAIT_UNKNOWN'],
  ['no portrait', { livekit_url: bey.livekit_url, livekit_token: 'x' }, 400, 'REQUEST_INVALID'],
])('refuses %s', async (_, body, status, code) => {
  const response = await post('/bey/v1/session', body);
  expect([response.status, errorSchema.parse(await response.json()).error.code]).toEqual([status, code]);
  expect(asked).toEqual([]);
});

it('answers a plugin that asks again with the avatar that is there or on its way', async () => {
  const [first, second] = await Promise.all([post('/bey/v1/session', bey), post('/bey/v1/session', bey)]);
  expect([await first.json(), await second.json()]).toEqual(Array(2).fill({ id: 'avatar-1', avatar_id: 'mia' }));
  asked[0]?.onEnd('gone');
  const third = await post('/bey/v1/session', bey);
  expect(await third.json()).toMatchObject({ id: 'avatar-2' });
});

it('refuses a token that lets nobody into a room', async () => {
  const response = await post('/bey/v1/session', { ...bey, livekit_token: 'rubbish' });
  expect([response.status, asked]).toEqual([401, []]);
});

it('refuses a wrong key before it reads the body', async () => {
  const response = await post('/lemonslice', { rubbish: true }, 'another key');
  expect(response.status).toBe(401);
});
