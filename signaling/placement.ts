import type { AvatarLoad } from '../protocol/avatar.ts';

/** One avatar peer as placement sees it. */
export interface AvatarPeerLoad extends AvatarLoad {
  readonly avatarId: string;
}

export type Placement =
  { readonly type: 'placed'; readonly avatarId: string } | { readonly type: 'full'; readonly retryAfterS: number };

/** A peer that is late with more of its frames than this gets a new room only when no other has a place. */
const LATE_RATIO_LIMIT = 0.1;
const RETRY_FIRST_S = 5;
const RETRY_LONGEST_S = 30;

/**
 * Decides which avatar peer takes a room's next caller. A room stays with its peer, since one peer forwards each
 * member's pictures to the others; a new room goes to the peer with the smallest share of its places taken.
 * @param waiting - callers that were told "full" and are still there; the more, the longer the advice to wait.
 */
export function place(peers: readonly AvatarPeerLoad[], roomPeerId: string | undefined, waiting: number): Placement {
  const open = peers.filter((peer) => hasPlace(peer) && (roomPeerId === undefined || peer.avatarId === roomPeerId));
  const punctual = open.filter((peer) => peer.lateRatio <= LATE_RATIO_LIMIT);
  const candidates = punctual.length > 0 ? punctual : open;
  const best = candidates.reduce<AvatarPeerLoad | undefined>(
    (chosen, peer) => (chosen === undefined || isLighter(peer, chosen) ? peer : chosen),
    undefined,
  );
  if (best !== undefined) return { type: 'placed', avatarId: best.avatarId };
  return { type: 'full', retryAfterS: Math.min(RETRY_FIRST_S + waiting, RETRY_LONGEST_S) };
}

function hasPlace(peer: AvatarPeerLoad): boolean {
  return peer.active < peer.capacity && !peer.draining;
}

function isLighter(a: AvatarPeerLoad, b: AvatarPeerLoad): boolean {
  const shareA = a.active / a.capacity;
  const shareB = b.active / b.capacity;
  if (shareA !== shareB) return shareA < shareB;
  if (a.lateRatio !== b.lateRatio) return a.lateRatio < b.lateRatio;
  return a.avatarId < b.avatarId;
}
