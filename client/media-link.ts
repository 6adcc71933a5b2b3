import type { CandidateInit, IceServer } from '../protocol/signaling.ts';

/** Where one participant's picture and sound arrive: the `mid` of their transceivers. */
export interface Place {
  readonly videoMid: string;
  readonly audioMid: string | undefined;
}

export interface MediaLinkOptions {
  /** Other participants that there is room for. */
  readonly others: number;
  readonly iceServers: readonly IceServer[];
  readonly relayOnly: boolean;
}

export type LinkState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** The channel of real-time text; a browser's `RTCDataChannel` is one. */
export interface TextChannel {
  readonly readyState: string;
  send(text: string): void;
}

export interface MediaLinkEvents {
  onCandidate(candidate: CandidateInit): void;
  onState(state: LinkState): void;
  /** A text message of the data channel `visavis`. */
  onMessage(text: string): void;
  onTextChannel(channel: TextChannel): void;
}

/** One entry of a connection's statistics (W3C webrtc-stats). */
export type StatisticsEntry = Readonly<Record<string, unknown>>;
/** The entries of a connection's statistics by their names. */
export type StatisticsReport = ReadonlyMap<string, StatisticsEntry>;

/** One WebRTC connection to an avatar peer. Browsers and Node have different ones. */
export interface MediaLink<Track, Stream> {
  readonly state: LinkState;
  /** Whether an offer waits for its answer. */
  readonly isRestarting: boolean;
  /** @returns the SDP to send; called again it restarts ICE. */
  offer(): Promise<string>;
  answer(sdp: string): Promise<void>;
  candidate(candidate: CandidateInit): Promise<void>;
  /** Sends this track, or silence, from now on. */
  publish(track: Track | null): Promise<void>;
  /** @returns whether the data channel was open to take it. */
  send(text: string): boolean;
  /** The tracks of a place, in one stream: then a browser keeps them in step. */
  streamOf(place: Place): Stream;
  /** The client's own avatar: the first of each kind, known before there are `mid`s to name them by. */
  readonly ownStream: Stream;
  readonly ownPlace: Place;
  readonly statistics: Promise<StatisticsReport>;
  close(): void;
}

/** Opens a connection; it offers nothing before it is asked. */
export type OpenMediaLink<Track, Stream> = (
  options: MediaLinkOptions,
  events: MediaLinkEvents,
) => MediaLink<Track, Stream>;
