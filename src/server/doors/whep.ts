import { randomUUID } from 'node:crypto';
import type { AvatarPeer } from '../../peer/avatar-peer.ts';
import type { Broadcasts } from './broadcasts.ts';
import { tokenOf } from './request-token.ts';
import type { SdpEndpoint } from './sdp-routes.ts';
import { SESSION_PREFIX, type SpeakDesk } from './speak-desk.ts';

/**
 * WHEP (draft-ietf-wish-whep): players receive VP8 and Opus of a session, with the token that allows to watch it, or of
 * whoever broadcasts in a room.
 */
export function watchEither(
  peer: Pick<AvatarPeer, 'watch'>,
  desk: SpeakDesk,
  broadcasts: Broadcasts,
): SdpEndpoint['open'] {
  return async (request, name, offerSdp, onEnd) => {
    if (!name.startsWith(SESSION_PREFIX)) return broadcasts.watch(request, name, offerSdp, onEnd);
    const { id } = desk.enter(name, tokenOf(request), 'watch');
    return peer.watch({ participantId: id, viewerId: randomUUID(), offerSdp, onEnd });
  };
}
