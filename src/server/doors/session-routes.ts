import { json, Router, type Request } from 'express';
import { createSessionSchema, type SessionReply, type SessionState } from '../../../protocol/session.ts';
import { SPEAK_PATH } from '../../../protocol/speak.ts';
import { visitorOf } from '../../../signaling/origin.ts';
import { bearerOf } from '../../../signaling/secret.ts';
import { AvatarError } from '../../base/errors.ts';
import type { RgbColour } from '../../media/face-codec.ts';
import type { AvatarPeer } from '../../peer/avatar-peer.ts';
import { ownerKeyOf } from '../http/access.ts';
import { parsed } from '../http/parsed.ts';
import { perMinute } from '../http/per-minute.ts';
import type { PortraitStore } from '../portrait-store.ts';
import type { Entry } from './entry.ts';
import type { DeskSession, SpeakDesk } from './speak-desk.ts';

export interface SessionRoutesOptions {
  readonly entry: Entry;
  readonly desk: SpeakDesk;
  readonly peer: Pick<AvatarPeer, 'viewerCount'>;
  readonly portraits: Pick<PortraitStore, 'first'>;
  readonly trustProxy: boolean;
  /** Of one address: a program opens one for each conversation. */
  readonly sessionsPerMinute: number;
}

/**
 * `POST /api/v1/sessions` (for whoever may join a call) · `GET|DELETE /api/v1/sessions/:id` with the session's own token.
 */
export function sessionRoutes(options: SessionRoutesOptions): Router {
  const { entry, desk, peer, portraits, trustProxy, sessionsPerMinute } = options;
  const routes = Router();

  routes.post(
    '/',
    perMinute(sessionsPerMinute, trustProxy, 'Too many sessions'),
    json({ limit: '16kb' }),
    async (request, response) => {
      await entry.check(request, bearerOf(request.headers) ?? '');
      const wish = parsed(createSessionSchema, request.body ?? {});
      const portraitId = wish.portrait ?? portraits.first;
      if (portraitId === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', 'This server has no portrait yet');
      const { sampleRateHz, framesPerSecond, lifetimeS } = wish;
      const session = await desk.open({
        portraitId,
        sampleRateHz,
        framesPerSecond,
        lifetimeS,
        background: colourOf(wish.background),
        publish: wish.publish && { url: new URL(wish.publish.whipUrl), bearer: wish.publish.bearer },
        ownerKey: ownerKeyOf(request),
        address: visitorOf(request, trustProxy),
      });
      response.setHeader('cache-control', 'no-store');
      response.status(201).json(replyOf(session, originOf(request)));
    },
  );

  routes.get('/:id', (request, response) => {
    const session = desk.enter(request.params.id, bearerOf(request.headers) ?? '', 'manage');
    response.setHeader('cache-control', 'no-store');
    response.json(stateOf(session, peer.viewerCount(session.id)));
  });

  routes.delete('/:id', async (request, response) => {
    const session = desk.enter(request.params.id, bearerOf(request.headers) ?? '', 'manage');
    await desk.end(session.id, 'The program ended the session');
    response.status(204).end();
  });

  return routes;
}

function replyOf({ id, tokens, wish, expiresAt }: DeskSession, origin: string): SessionReply {
  const speak = new URLSearchParams({ session: id, token: tokens.speak });
  const colour = wish.background?.map((value) => value.toString(16).padStart(2, '0')).join('');
  const key = colour === undefined ? '' : `?background=transparent&key=${colour}`;
  return {
    id,
    token: tokens.manage,
    speakUrl: `${origin.replace(/^http/, 'ws')}${SPEAK_PATH}?${speak.toString()}`,
    whepUrl: `${origin}/whep/${id}?token=${tokens.watch}`,
    // Behind the `#` no server, proxy or log between here and the viewer sees the token.
    viewUrl: `${origin}/view/${id}${key}#token=${tokens.watch}`,
    expiresAt: expiresAt.toISOString(),
  };
}

function stateOf(
  { id, wish, hasSpeaker, speech, publishState, expiresAt }: DeskSession,
  viewers: number,
): SessionState {
  return {
    id,
    portrait: wish.portraitId,
    sampleRateHz: wish.sampleRateHz,
    speaking: hasSpeaker,
    viewers,
    queuedMs: Math.round(speech.queuedUs / 1000),
    ...(publishState === undefined ? {} : { publish: publishState }),
    expiresAt: expiresAt.toISOString(),
  };
}

function colourOf(background: string): RgbColour | undefined {
  if (!background.startsWith('#')) return undefined;
  const value = Number.parseInt(background.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** How the caller reached this server; the `Host` header was checked before. */
function originOf(request: Request): string {
  return `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}
