import { json, Router, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { portraitIdSchema } from '../../../protocol/names.ts';
import { visitorOf } from '../../../signaling/origin.ts';
import { AvatarError } from '../../base/errors.ts';
import { ownerKeyOf } from '../http/access.ts';
import { parsed } from '../http/parsed.ts';
import { perMinute } from '../http/per-minute.ts';
import type { PortraitStore } from '../portrait-store.ts';
import type { Entry } from './entry.ts';
import type { SimliTokens } from './simli-tokens.ts';

export interface SimliRoutesOptions {
  readonly entry: Entry;
  readonly portraits: Pick<PortraitStore, 'first' | 'requireUse'>;
  readonly tokens: SimliTokens;
  /** As `RTCPeerConnection` takes them. */
  readonly iceServers: () => readonly object[];
  readonly trustProxy: boolean;
}

const TOKENS_PER_MINUTE = 30;
/** Simli's limit when a program names none, in seconds. */
const USUAL_LENGTH_S = 3600;

/** What of Simli's session configuration means something here; everything else is ignored. */
const configSchema = z.object({
  /** A portrait of this server. */
  faceId: portraitIdSchema.optional(),
  maxSessionLength: z.number().int().min(1).max(86_400).default(USUAL_LENGTH_S),
  maxIdleTime: z.number().int().min(1).max(86_400).default(300),
});

/** `POST /compose/token` · `GET /compose/ice`, as Simli's clients ask them, with an invitation or the operator key as API key. */
export function simliRoutes(options: SimliRoutesOptions): Router {
  const { entry, portraits, tokens, iceServers, trustProxy } = options;
  const routes = Router();
  routes.use(allowOtherOrigins);
  routes.options('/:what', (_request, response) => {
    response.status(204).end();
  });

  routes.post('/token', perMinute(TOKENS_PER_MINUTE, trustProxy, 'Too many sessions'), json({ limit: '16kb' }));
  routes.post('/token', async (request, response) => {
    await entry.check(request, keyOf(request));
    const { faceId, maxSessionLength, maxIdleTime } = parsed(configSchema, request.body ?? {});
    const portraitId = faceId ?? portraits.first;
    if (portraitId === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', 'This server has no portrait yet');
    const ownerKey = ownerKeyOf(request);
    portraits.requireUse(portraitId, ownerKey);
    const address = visitorOf(request, trustProxy);
    const wish = { portraitId, ownerKey, lifetimeS: Math.max(10, maxSessionLength), idleS: maxIdleTime, address };
    response.setHeader('cache-control', 'no-store');
    response.json({ session_token: tokens.make(wish) });
  });

  routes.get('/ice', async (request, response) => {
    await entry.check(request, keyOf(request));
    const servers = iceServers();
    response.setHeader('cache-control', 'no-store');
    // Simli's client asks a public server of somebody else when the list is empty. This one need not exist: the server
    // answers checks wherever they come from.
    response.json(servers.length > 0 ? servers : [{ urls: [`stun:${request.hostname}:3478`] }]);
  });

  return routes;
}

function keyOf(request: Request): string {
  const key = request.headers['x-simli-api-key'];
  return typeof key === 'string' ? key : '';
}

const allowOtherOrigins: RequestHandler = (_request, response, next) => {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', 'Content-Type, X-Simli-Api-Key, X-Visavis-Owner');
  next();
};
