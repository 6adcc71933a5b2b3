import {
  MediaStream,
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  useAbsSendTime,
  useSdesMid,
  type RTCRtpTransceiver,
} from 'werift';
import { MAX_CHANNEL_MESSAGE_BYTES } from '../../../protocol/channel-names.ts';
import type { Guard } from './guard.ts';
import type { Offer, PeerRole } from './offer.ts';
import type { RtcOptions } from './rtc-options.ts';
import { withDeclined } from './sections.ts';
import { AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ } from './stream-sender.ts';

export const ABS_CAPTURE_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

const feedback = (type: string, parameter?: string) => ({ type, ...(parameter === undefined ? {} : { parameter }) });

/** How the library is set up for one page. */
export function peerConfiguration(rtc: RtcOptions): ConstructorParameters<typeof RTCPeerConnection>[0] {
  const extension = (uri: string) => new RTCRtpHeaderExtensionParameters({ uri });
  const own = rtc.hostAddresses[0];
  return {
    iceServers: [],
    iceLite: rtc.iceLite,
    iceUseIpv6: false,
    // With another policy every section would have sockets of its own, two of which are never closed.
    bundlePolicy: 'max-bundle',
    maxMessageSize: MAX_CHANNEL_MESSAGE_BYTES,
    ...(own === undefined
      ? {}
      : { iceInterfaceAddresses: { udp4: own }, iceAdditionalHostAddresses: [...rtc.hostAddresses] }),
    ...(rtc.portRange === undefined ? {} : { icePortRange: [rtc.portRange[0], rtc.portRange[1]] }),
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: 'audio/opus',
          clockRate: AUDIO_CLOCK_HZ,
          channels: 2,
          parameters: 'minptime=10;useinbandfec=1',
        }),
      ],
      video: [
        new RTCRtpCodecParameters({
          mimeType: 'video/VP8',
          clockRate: VIDEO_CLOCK_HZ,
          // No transport-cc: the library's estimator never speaks and its memory grows. Without it browsers send REMB.
          rtcpFeedback: [feedback('nack'), feedback('nack', 'pli'), feedback('ccm', 'fir'), feedback('goog-remb')],
        }),
        new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: VIDEO_CLOCK_HZ }),
      ],
    },
    headerExtensions: {
      audio: [useSdesMid(), useAbsSendTime(), extension(ABS_CAPTURE_TIME)],
      video: [useSdesMid(), useAbsSendTime(), extension(ABS_CAPTURE_TIME)],
    },
  };
}

/** Sets the offer, gives each section what we send in it, and answers. */
export async function answer(
  peer: RTCPeerConnection,
  offer: Offer,
  role: PeerRole,
  rtc: RtcOptions,
  guard: Guard,
): Promise<string> {
  await peer.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
  for (const transceiver of peer.getTransceivers()) prepare(transceiver, offer, role);
  guard.protect(peer);
  for (const transport of peer.iceTransports) {
    // An empty list of servers still makes the library ask a public one.
    (transport.connection as { stunServer?: unknown }).stunServer = undefined;
  }
  // As client the library sleeps for 100 ms before its first flight.
  for (const transport of peer.dtlsTransports) if (transport.role === 'auto') transport.role = 'server';
  const description = await peer.createAnswer();
  await peer.setLocalDescription(description);
  restartChecks(peer);
  const answered = peer.localDescription?.sdp ?? '';
  const sdp = role === 'page' ? answered : withDeclined(answered, offer.sections);
  return rtc.publicAddress === undefined ? sdp : withAddress(sdp, rtc.publicAddress);
}

/** After an ICE restart the library sees that DTLS is connected, and never looks at the new checks. */
function restartChecks(peer: RTCPeerConnection): void {
  for (const { state, iceTransport } of peer.dtlsTransports) {
    if (state !== 'connected' || !['new', 'completed'].includes(iceTransport.state)) continue;
    // One that fails is heard as silence.
    iceTransport.start().catch(() => undefined);
  }
}

function prepare(transceiver: RTCRtpTransceiver, offer: Offer, role: PeerRole): void {
  const { sender, kind, mid } = transceiver;
  if (role === 'publisher') {
    transceiver.setDirection('recvonly');
    return;
  }
  if (sender.track !== null) return;
  const slot = offer.slots.findIndex(({ videoMid, audioMid }) => mid === videoMid || mid === audioMid);
  sender.registerTrack(new MediaStreamTrack({ kind }));
  // Sound and picture of one stream are what a browser keeps in sync.
  if (slot >= 0) sender.setStreams([new MediaStream({ id: `avatar-${slot}` })]);
  transceiver.setDirection(role === 'page' && kind === 'audio' && slot === 0 ? 'sendrecv' : 'sendonly');
}

/** @returns a description whose host candidates name another address. */
export function withAddress(sdp: string, address: string): string {
  return sdp.replaceAll(/^(a=candidate:\S+ \d+ udp \d+ )\S+( \d+ typ host)/gim, `$1${address}$2`);
}
