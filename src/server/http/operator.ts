import { json, Router, type NextFunction, type Request, type Response } from 'express';

import {
  blockRequestSchema,
  invitationRequestSchema,
  type BlockList as BlockListBody,
  type BlockReply,
  type Invitation,
  type Participants,
} from '../../../protocol/http.ts';
import { roomNameSchema } from '../../../protocol/signaling.ts';
import { signRoomToken } from '../../../signaling/room-token.ts';
import { AvatarError } from '../../base/errors.ts';
import type { AvatarPeer } from '../../peer/avatar-peer.ts';
import type { AuditLog } from '../audit-log.ts';
import type { BlockList } from '../block-list.ts';
import type { KillSwitch } from '../kill-switch.ts';
import type { PortraitStore } from '../portrait-store.ts';
import type { SessionRegistry } from '../session-registry.ts';
import type { Access } from './access.ts';
import { parsed } from './parsed.ts';

export interface OperatorRoutesOptions {
  readonly access: Access;
  readonly peer: Pick<AvatarPeer, 'leave' | 'participant'>;
  readonly portraits: PortraitStore;
  readonly sessions: SessionRegistry;
  readonly audit: AuditLog;
  readonly blocks: BlockList;
  readonly killSwitch: KillSwitch;
  readonly tokenSecret: string | undefined;
  readonly now: () => Date;
}

/**
 * For the operator (bearer key; this machine alone where no key is set), under `/api/v1`: `GET /participants` ·
 * `DELETE /participants/:id` · `GET|POST|DELETE /blocks` (the kill switch) · `POST /rooms/:room/invitations`.
 */
export function operatorRoutes(options: OperatorRoutesOptions): Router {
  const { access, peer, portraits, sessions, audit, blocks, killSwitch, tokenSecret, now } = options;
  const routes = Router();
  // On each route, not on the router: what is not here may be another router's.
  const gate = <P>(request: Request<P>, _response: Response, next: NextFunction): void => {
    access.requireOperator(request);
    next();
  };

  routes.get('/participants', gate, (request, response) => {
    const list: Participants = { participants: sessions.list() };
    const isLegacy = request.originalUrl.startsWith('/api/sessions');
    response.json(isLegacy ? legacyList(list) : list);
  });

  routes.delete('/participants/:id', gate, async (request, response) => {
    const { id } = request.params;
    if (peer.participant(id) === undefined) throw new AvatarError('SESSION_UNKNOWN', 'There is no such session');
    await peer.leave(id, 'The operator ended this call', 'ENDED_BY_OPERATOR');
    response.status(204).end();
  });

  routes.get('/blocks', gate, (_request, response) => {
    const list: BlockListBody = { blocks: blocks.entries() };
    response.json(list);
  });

  routes.post('/blocks', gate, json(), async (request, response) => {
    const wish = parsed(blockRequestSchema, request.body);
    const sha256 = 'sha256' in wish ? wish.sha256 : portraits.record(wish.portraitId).sha256;
    const reply: BlockReply = { sha256, ...(await killSwitch.block(sha256, wish.reason)) };
    response.json(reply);
  });

  routes.delete('/blocks/:sha256', gate, async (request, response) => {
    const { sha256 } = request.params;
    if (!(await blocks.delete(sha256))) throw new AvatarError('PORTRAIT_UNKNOWN', 'That hash is not blocked');
    await audit.append({ event: 'unblocked', portraitSha256: sha256 }, now());
    response.status(204).end();
  });

  routes.post('/rooms/:room/invitations', gate, json(), async (request, response) => {
    const room = parsed(roomNameSchema, request.params.room);
    const { lifetimeS } = parsed(invitationRequestSchema, request.body ?? {});
    const nowS = now().getTime() / 1000;
    const token = tokenSecret === undefined ? undefined : await signRoomToken(tokenSecret, room, lifetimeS, nowS);
    // Behind the `#` no server, proxy or log between here and the guest sees the token.
    const fragment = token === undefined ? '' : `#${new URLSearchParams({ token }).toString()}`;
    const expiresAt = token === undefined ? null : new Date((nowS + lifetimeS) * 1000).toISOString();
    const link = `/?${new URLSearchParams({ room }).toString()}${fragment}`;
    const invitation: Invitation = { room, token: token ?? null, expiresAt, link };
    response.status(201).json(invitation);
  });

  return routes;
}

/** What `GET /api/sessions` of version 0.1.0 answered. */
function legacyList({ participants }: Participants): object {
  return { sessions: participants.map(({ participantId, ...rest }) => ({ sessionId: participantId, ...rest })) };
}
