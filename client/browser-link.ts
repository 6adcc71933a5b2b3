import { CONTROL_LABEL, TEXT_LABEL, TEXT_PROTOCOL } from '../protocol/channel-names.ts';
import type { CandidateInit } from '../protocol/signaling.ts';
import type {
  LinkState,
  MediaLink,
  MediaLinkEvents,
  MediaLinkOptions,
  Place,
  StatisticsEntry,
  StatisticsReport,
} from './media-link.ts';

/** What an avatar peer speaks; the retransmissions of a video codec are a codec of their own. */
const USED_CODECS = ['audio/opus', 'video/VP8', 'video/rtx'];

/**
 * A browser's connection to an avatar peer. The offer is made before there is a microphone: its place is kept and filled by
 * `publish` whenever the track is there, without a second negotiation.
 */
export class BrowserLink implements MediaLink<MediaStreamTrack, MediaStream> {
  readonly #connection: RTCPeerConnection;
  readonly #control: RTCDataChannel;
  readonly #microphone: RTCRtpSender;
  readonly #early: CandidateInit[] = [];
  #answered = false;
  #closed = false;

  constructor(options: MediaLinkOptions, events: MediaLinkEvents) {
    const connection = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: options.iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
      iceTransportPolicy: options.relayOnly ? 'relay' : 'all',
    });
    this.#connection = connection;
    this.#microphone = connection.addTransceiver('audio', { direction: 'sendrecv' }).sender;
    connection.addTransceiver('video', { direction: 'recvonly' });
    for (let place = 0; place < options.others; place++) {
      connection.addTransceiver('audio', { direction: 'recvonly' });
      connection.addTransceiver('video', { direction: 'recvonly' });
    }
    for (const transceiver of connection.getTransceivers()) offerUsedCodecs(transceiver);
    this.#control = connection.createDataChannel(CONTROL_LABEL);
    this.#control.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') events.onMessage(data);
    });
    events.onTextChannel(connection.createDataChannel(TEXT_LABEL, { protocol: TEXT_PROTOCOL }));
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // An empty candidate ends a generation; the protocol says that with null.
      events.onCandidate(candidate === null || candidate.candidate === '' ? null : toInit(candidate));
    });
    connection.addEventListener('connectionstatechange', () => {
      if (!this.#closed) events.onState(connection.connectionState);
    });
  }

  get state(): LinkState {
    return this.#connection.connectionState;
  }

  get isRestarting(): boolean {
    return this.#connection.signalingState !== 'stable';
  }

  async offer(): Promise<string> {
    if (this.#answered) this.#connection.restartIce();
    await this.#connection.setLocalDescription();
    return this.#connection.localDescription?.sdp ?? '';
  }

  async answer(sdp: string): Promise<void> {
    if (this.#closed || this.#connection.signalingState !== 'have-local-offer') return;
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
    this.#answered = true;
    for (const candidate of this.#early.splice(0)) await this.candidate(candidate);
  }

  async candidate(candidate: CandidateInit): Promise<void> {
    if (this.#closed) return;
    if (!this.#answered) this.#early.push(candidate);
    else await this.#connection.addIceCandidate(candidate === null ? undefined : candidateOf(candidate));
  }

  async publish(track: MediaStreamTrack | null): Promise<void> {
    if (!this.#closed) await this.#microphone.replaceTrack(track);
  }

  send(text: string): boolean {
    if (this.#control.readyState !== 'open') return false;
    this.#control.send(text);
    return true;
  }

  streamOf(place: Place): MediaStream {
    const tracks = this.#connection
      .getTransceivers()
      .filter(({ mid }) => mid !== null && (mid === place.videoMid || mid === place.audioMid))
      .map(({ receiver }) => receiver.track);
    return new MediaStream(tracks);
  }

  get ownStream(): MediaStream {
    const tracks = this.#connection.getTransceivers().map(({ receiver }) => receiver.track);
    const first = ['audio', 'video'].flatMap((kind) => tracks.find((track) => track.kind === kind) ?? []);
    return new MediaStream(first);
  }

  get ownPlace(): Place {
    const midOf = (kind: string): string | undefined =>
      this.#connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.mid ?? undefined;
    return { videoMid: midOf('video') ?? '', audioMid: midOf('audio') };
  }

  get statistics(): Promise<StatisticsReport> {
    return this.#connection.getStats().then((report) => new Map(report as Iterable<[string, StatisticsEntry]>));
  }

  close(): void {
    this.#closed = true;
    this.#connection.close();
  }
}

function toInit(candidate: RTCIceCandidate): CandidateInit {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

function candidateOf(init: NonNullable<CandidateInit>): RTCIceCandidateInit {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = init;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** A browser offers twenty codecs in each section; the fifth of it takes a fifth of the time to send and to read. */
function offerUsedCodecs(transceiver: RTCRtpTransceiver): void {
  // Firefox before 128 has no such choice.
  if (!('setCodecPreferences' in transceiver)) return;
  const { codecs = [] } = RTCRtpReceiver.getCapabilities(transceiver.receiver.track.kind) ?? {};
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => USED_CODECS.includes(mimeType)));
}
