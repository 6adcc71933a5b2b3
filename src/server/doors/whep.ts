import { randomUUID } from 'node:crypto';
import type { AvatarPeer } from '../../peer/avatar-peer.ts';
import { tokenOf } from './request-token.ts';
import type { SdpEndpoint } from './sdp-routes.ts';
import type { SpeakDesk } from './speak-desk.ts';

/** WHEP (draft-ietf-wish-whep): players receive VP8 and Opus of a session, with the token that allows to watch it. */
export function watchSession(peer: Pick<AvatarPeer, 'watch'>, desk: SpeakDesk): SdpEndpoint['open'] {
  return (request, name, offerSdp, onEnd) => {
    const { id } = desk.enter(name, tokenOf(request), 'watch');
    return peer.watch({ participantId: id, viewerId: randomUUID(), offerSdp, onEnd });
  };
}
