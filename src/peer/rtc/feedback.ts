import {
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSrPacket,
  type RtcpPacket,
} from 'werift';

/** What a viewer says about the streams it receives; `ssrc` is ours. */
export type Feedback =
  /** PLI or FIR: it cannot go on without a keyframe. */
  | { readonly type: 'keyframe-request'; readonly ssrc: number }
  /** REMB: what its link takes, all streams together. */
  | { readonly type: 'estimate'; readonly bitrateBps: number }
  /** @property share - lost of what was sent since its report before, 0..1. */
  | { readonly type: 'loss'; readonly ssrc: number; readonly share: number };

/**
 * Reads feedback from the transport itself. The library's own routing looks up the *sender* of a PLI first, and a
 * browser writes its microphone there: the request ends at our receiver and the picture freezes. It also hands a REMB to
 * one stream of several, and knows no FIR.
 */
export function readFeedback(packet: RtcpPacket): Feedback[] {
  if (packet instanceof RtcpPayloadSpecificFeedback) return readPayloadFeedback(packet);
  if (!(packet instanceof RtcpRrPacket || packet instanceof RtcpSrPacket)) return [];
  return packet.reports.map(({ ssrc, fractionLost }) => ({ type: 'loss', ssrc, share: fractionLost / 256 }));
}

function readPayloadFeedback({ feedback }: { readonly feedback?: unknown }): Feedback[] {
  if (feedback instanceof ReceiverEstimatedMaxBitrate) {
    return [{ type: 'estimate', bitrateBps: Number(feedback.bitrate) }];
  }
  if (feedback instanceof PictureLossIndication) return [{ type: 'keyframe-request', ssrc: feedback.mediaSsrc }];
  if (isFullIntraRequest(feedback)) return feedback.fir.map(({ ssrc }) => ({ type: 'keyframe-request', ssrc }));
  return [];
}

/** FIR leaves the media source empty and names its streams in entries (RFC 5104, 4.3.1); the library exports no class. */
function isFullIntraRequest(feedback: unknown): feedback is { readonly fir: readonly { readonly ssrc: number }[] } {
  return typeof feedback === 'object' && feedback !== null && 'fir' in feedback && Array.isArray(feedback.fir);
}
