import {
  MediaStream,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useAbsSendTime,
  useSdesMid,
  type MediaStreamTrack,
  type RTCDataChannel,
  type RTCRtpTransceiver,
} from 'werift';

import { CONTROL_LABEL, TEXT_LABEL, TEXT_PROTOCOL } from '../../protocol/channel-names.ts';
import type { CandidateInit } from '../../protocol/signaling.ts';
import type {
  LinkState,
  MediaLink,
  MediaLinkEvents,
  MediaLinkOptions,
  Place,
  StatisticsEntry,
  StatisticsReport,
} from '../media-link.ts';

const FEEDBACK = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'goog-remb' }];

/** Node's connection to an avatar peer, with werift. Avatars arrive as tracks of RTP packets: VP8 and Opus. */
export class WeriftLink implements MediaLink<MediaStreamTrack, MediaStream> {
  readonly #connection: RTCPeerConnection;
  readonly #control: RTCDataChannel;
  readonly #voice: RTCRtpTransceiver;
  readonly #early: CandidateInit[] = [];
  readonly #asksStun: boolean;
  #answered = false;
  #closed = false;

  constructor({ others, iceServers, relayOnly }: MediaLinkOptions, events: MediaLinkEvents) {
    const connection = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: iceServers.map(({ urls, ...login }) => ({ urls: [...urls], ...login })),
      iceTransportPolicy: relayOnly ? 'relay' : 'all',
      codecs: {
        audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 })],
        video: [
          new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: FEEDBACK }),
          new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90_000 }),
        ],
      },
      headerExtensions: { audio: [useSdesMid(), useAbsSendTime()], video: [useSdesMid(), useAbsSendTime()] },
    });
    this.#connection = connection;
    this.#asksStun = iceServers.some(({ urls }) => urls.some((url) => url.startsWith('stun:')));
    this.#voice = connection.addTransceiver('audio', { direction: 'sendrecv' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    for (let place = 0; place < others; place++) {
      connection.addTransceiver('audio', { direction: 'recvonly' });
      connection.addTransceiver('video', { direction: 'recvonly' });
    }
    this.#control = connection.createDataChannel(CONTROL_LABEL);
    this.#control.onMessage.subscribe((bytes) => {
      events.onMessage(bytes.toString());
    });
    const text = connection.createDataChannel(TEXT_LABEL, { protocol: TEXT_PROTOCOL });
    events.onTextChannel({
      get readyState() {
        return text.readyState;
      },
      send: (line) => {
        text.send(line);
      },
    });
    connection.onIceCandidate.subscribe((candidate) => {
      if (candidate === undefined) events.onCandidate(null);
      else {
        const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
        events.onCandidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment });
      }
    });
    connection.connectionStateChange.subscribe((state) => {
      if (!this.#closed) events.onState(state);
    });
  }

  get state(): LinkState {
    return this.#connection.connectionState;
  }

  get isRestarting(): boolean {
    return this.#connection.signalingState !== 'stable';
  }

  async offer(): Promise<string> {
    const connection = this.#connection;
    if (this.#answered) connection.restartIce();
    const offer = await connection.createOffer();
    if (!this.#asksStun) {
      // Without servers of its own the library asks a public one, and the offer waits for its answer.
      for (const { connection: ice } of connection.iceTransports) Object.assign(ice, { stunServer: undefined });
    }
    await connection.setLocalDescription(offer);
    return connection.localDescription?.sdp ?? '';
  }

  async answer(sdp: string): Promise<void> {
    if (this.#closed || this.#connection.signalingState !== 'have-local-offer') return;
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
    this.#answered = true;
    for (const candidate of this.#early.splice(0)) await this.candidate(candidate);
  }

  async candidate(candidate: CandidateInit): Promise<void> {
    if (this.#closed || candidate === null) return;
    if (!this.#answered) {
      this.#early.push(candidate);
      return;
    }
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    await this.#connection.addIceCandidate({
      candidate: candidate.candidate,
      ...(sdpMid == null ? {} : { sdpMid }),
      ...(sdpMLineIndex == null ? {} : { sdpMLineIndex }),
      ...(usernameFragment == null ? {} : { usernameFragment }),
    });
  }

  async publish(track: MediaStreamTrack | null): Promise<void> {
    if (!this.#closed) await this.#voice.sender.replaceTrack(track);
  }

  send(text: string): boolean {
    if (this.#control.readyState !== 'open') return false;
    this.#control.send(text);
    return true;
  }

  streamOf(place: Place): MediaStream {
    const { videoMid, audioMid } = place;
    return streamOf(this.#connection.getTransceivers().filter(({ mid }) => mid === videoMid || mid === audioMid));
  }

  get ownStream(): MediaStream {
    return streamOf(this.#connection.getTransceivers().slice(0, 2));
  }

  get ownPlace(): Place {
    const [audio, video] = this.#connection.getTransceivers();
    return { videoMid: video?.mid ?? '', audioMid: audio?.mid ?? undefined };
  }

  get statistics(): Promise<StatisticsReport> {
    return this.#connection.getStats().then((report) => new Map(entriesOf(report)));
  }

  close(): void {
    this.#closed = true;
    this.#connection.close().catch(() => undefined);
  }
}

function streamOf(transceivers: readonly RTCRtpTransceiver[]): MediaStream {
  return new MediaStream(transceivers.flatMap(({ receiver }) => receiver.tracks));
}

function* entriesOf(report: Iterable<[string, object]>): Generator<[string, StatisticsEntry]> {
  for (const [name, entry] of report) yield [name, { ...entry }];
}
