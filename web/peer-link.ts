import type { CandidateInit, IceServer } from '../protocol/signaling.ts';
import type { ChannelMessage } from './call-port.ts';

/** Where one participant's picture and sound arrive. */
export interface Place {
  readonly videoMid: string;
  readonly audioMid: string | undefined;
}

export interface PeerLinkOptions {
  /** Other participants that there is room for. */
  readonly others: number;
  readonly iceServers: readonly IceServer[];
  readonly relayOnly: boolean;
}

export interface PeerLinkEvents {
  onCandidate(candidate: CandidateInit): void;
  onState(state: RTCPeerConnectionState): void;
  onMessage(message: ChannelMessage): void;
  onTextChannel(channel: RTCDataChannel): void;
}

const CONTROL_LABEL = 'visavis';
const TEXT_LABEL = 'text';
/** RFC 8865, 4.1: the subprotocol says that it is real-time text. */
const TEXT_PROTOCOL = 't140';

/** What an avatar peer speaks; the retransmissions of a video codec are a codec of their own. */
const USED_CODECS = ['audio/opus', 'video/VP8', 'video/rtx'];

/**
 * One WebRTC connection to an avatar peer. The offer is made before there is a microphone: its place is kept and filled
 * by `setMicrophone` whenever the track is there, without a second negotiation.
 */
export class PeerLink {
  readonly #connection: RTCPeerConnection;
  readonly #control: RTCDataChannel;
  readonly #microphone: RTCRtpSender;
  readonly #early: CandidateInit[] = [];
  #answered = false;
  #closed = false;

  constructor(options: PeerLinkOptions, events: PeerLinkEvents) {
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
      const message: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
      if (isChannelMessage(message)) events.onMessage(message);
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

  get state(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }

  get isRestarting(): boolean {
    return this.#connection.signalingState !== 'stable';
  }

  /** @returns the SDP to send; called again it restarts ICE. */
  async offer(): Promise<string> {
    if (this.#answered) this.#connection.restartIce();
    await this.#connection.setLocalDescription();
    return this.localSdp;
  }

  /** The offer with the candidates that were found since. */
  get localSdp(): string {
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

  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    if (!this.#closed) await this.#microphone.replaceTrack(track);
  }

  /** @returns whether the channel was open to take it. */
  send(message: object): boolean {
    if (this.#control.readyState !== 'open') return false;
    this.#control.send(JSON.stringify(message));
    return true;
  }

  /** The tracks of a place, best in one stream: then the browser keeps them in step. */
  streamOf(place: Place): MediaStream {
    const tracks = this.#connection
      .getTransceivers()
      .filter(({ mid }) => mid !== null && (mid === place.videoMid || mid === place.audioMid))
      .map(({ receiver }) => receiver.track);
    return new MediaStream(tracks);
  }

  /** The page's own avatar: the first of each kind, known before there are `mid`s to name them by. */
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

  get statistics(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
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

function isChannelMessage(message: unknown): message is ChannelMessage {
  return typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string';
}

/** A browser offers twenty codecs in each section; the fifth of it takes a fifth of the time to send and to read. */
function offerUsedCodecs(transceiver: RTCRtpTransceiver): void {
  // Firefox before 128 has no such choice.
  if (!('setCodecPreferences' in transceiver)) return;
  const { codecs = [] } = RTCRtpReceiver.getCapabilities(transceiver.receiver.track.kind) ?? {};
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => USED_CODECS.includes(mimeType)));
}
