import { MediaStream, MediaStreamTrack, RTCPeerConnection } from 'werift';
import { peerConfiguration, withAddress } from './answer.ts';
import type { Guard } from './guard.ts';
import { MessageChannel, type MessageChannelOptions } from './message-channel.ts';
import type { Offer } from './offer.ts';
import type { RtcOptions } from './rtc-options.ts';
import { readAnswer } from './their-answer.ts';

/** How the other end is asked. */
export interface CallOptions {
  /** Brings our offer to the other end. @returns its answer. */
  readonly exchange: (offerSdp: string) => Promise<string>;
  /** Whether packets may be sent to an address that the answer names. */
  readonly mayReach: (address: string) => boolean;
  /** An ordered data channel beside the media. */
  readonly channel?: MessageChannelOptions | undefined;
}

/** A connection that we offered: what `Connection` is made of. */
export interface Call {
  readonly peer: RTCPeerConnection;
  readonly offer: Offer;
  readonly offerSdp: string;
  readonly answerSdp: string;
  readonly channel: MessageChannel | undefined;
}

/**
 * Offers one picture and one sound, as a WHIP client does (RFC 9725, 4.2), with all candidates in the offer.
 * @throws AvatarError `SDP_UNUSABLE` when the answer cannot be used, or what `exchange` throws.
 */
export async function call(
  { exchange, mayReach, channel: wanted }: CallOptions,
  rtc: RtcOptions,
  guard: Guard,
): Promise<Call> {
  // An ICE-lite agent only answers checks. Whoever offers has to send them, too.
  const peer = new RTCPeerConnection({ ...peerConfiguration(rtc), iceLite: false });
  try {
    const stream = new MediaStream({ id: 'avatar-0' });
    for (const kind of ['audio', 'video'] as const) {
      const track = new MediaStreamTrack({ kind });
      peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    }
    const channel =
      wanted && new MessageChannel(peer.createDataChannel(wanted.label), wanted, (action) => guard.own(action));
    if (wanted?.lossyLabel !== undefined) {
      peer.createDataChannel(wanted.lossyLabel, { ordered: false, maxRetransmits: 0 });
    }
    // An empty list of servers still makes the library ask a public one.
    for (const transport of peer.iceTransports) Object.assign(transport.connection, { stunServer: undefined });
    await peer.setLocalDescription(await peer.createOffer());
    guard.protect(peer);
    const own = peer.localDescription?.sdp ?? '';
    const offerSdp = rtc.publicAddress === undefined ? own : withAddress(own, rtc.publicAddress);
    const answer = await exchange(offerSdp);
    const [audioMid, videoMid] = peer.getTransceivers().map(({ mid }) => mid ?? '');
    const mids = [audioMid ?? '', videoMid ?? ''] as const;
    const { sdp, fingerprint, takesSound, takesPicture } = readAnswer(answer, mids, mayReach, channel !== undefined);
    await peer.setRemoteDescription({ type: 'answer', sdp });
    const slots = [{ videoMid: mids[1], audioMid: takesSound ? mids[0] : undefined, isWanted: takesPicture }];
    return { peer, channel, offerSdp, answerSdp: answer, offer: { sdp, fingerprint, slots, sections: [] } };
  } catch (thrown) {
    await peer.close();
    throw thrown;
  }
}
