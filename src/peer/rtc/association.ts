import type { RTCPeerConnection } from 'werift';

/** A few messages at once; the library's own megabyte is for files. */
export const WINDOW_BYTES = 131_072;

/** Of the library's SCTP association, what it keeps to itself. */
interface Association {
  advertisedRwnd: number;
  readonly sentQueue: readonly { acked: boolean }[];
  timer3Expired: () => void;
}

function associationOf(peer: RTCPeerConnection): Association | undefined {
  return peer.sctpTransport?.sctp as unknown as Association | undefined;
}

/** @returns how many bytes of unfinished messages the page may still send. */
export function windowLeft(peer: RTCPeerConnection): number {
  return associationOf(peer)?.advertisedRwnd ?? WINDOW_BYTES;
}

/** Before the association starts: limits what a page can make us hold, and mends how the library counts. */
export function prepareAssociation(peer: RTCPeerConnection): void {
  const association = associationOf(peer);
  if (association === undefined) return;
  association.advertisedRwnd = WINDOW_BYTES;
  forgetGapsOnTimeout(association);
}

/**
 * When its timer (T3-rtx, RFC 9260, 6.3.3) expires the library sends everything again and counts it as in flight, but
 * when the acknowledgement comes it does not take off what a gap report had named before. So each loss leaves bytes in
 * flight that nobody will acknowledge, until they fill the congestion window and the association is silent for ever.
 * What is sent again is unacknowledged again.
 */
function forgetGapsOnTimeout(association: Association): void {
  const expired = association.timer3Expired;
  association.timer3Expired = () => {
    for (const chunk of association.sentQueue) chunk.acked = false;
    expired();
  };
}
