import {
  AddTrackRequest,
  AudioTrackFeature,
  ClientInfo,
  ClientInfo_SDK,
  ConnectionSettings,
  JoinRequest,
  ParticipantInfo_State,
  Ping,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  TrackSource,
  TrackType,
  VideoLayer,
  VideoQuality,
  WrappedJoinRequest,
} from '@livekit/protocol';
import { z } from 'zod';
import { WebSocket } from 'ws';
import { parseJson } from '../../../protocol/read.ts';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import { openLiveKitSocket, readProtobuf } from './livekit-socket.ts';

export interface SignalSocketOptions {
  /** Of the LiveKit server, `ws:`, `wss:`, `http:` or `https:`. */
  readonly url: string;
  /** Lets one participant into one room. */
  readonly token: string;
  /** Somebody else left the room. */
  readonly onLeft: (identity: string) => void;
  /** The server ended it, or the socket broke; not told after `close`. */
  readonly onEnd: (reason: string) => void;
}

/** The version of the client protocol whose messages are used here. */
const CLIENT_PROTOCOL = 16;
const PICTURE_PX = 512;
const PICTURE_BPS = 1_000_000;
const ANSWER_WITHIN_MS = 10_000;
/** Candidates come one by one; those of a server come at once. */
const CANDIDATES_WITHIN_MS = 200;
const PING_MS = 5_000;

const candidateSchema = z.object({ candidate: z.string().max(1024) });

/**
 * The signaling of a LiveKit room: one participant that publishes one sound and one picture over one connection and
 * subscribes to no media (LiveKit's `/rtc/v1`, protobuf messages of `@livekit/protocol`).
 */
export class SignalSocket implements Closable {
  readonly #options: SignalSocketOptions;
  readonly #candidates: string[] = [];
  #socket: WebSocket | undefined;
  #ping: NodeJS.Timeout | undefined;
  #answer: ((sdp: string) => void) | undefined;
  /** They may all be here before the answer has been looked at. */
  #hasAllCandidates = false;
  #allCandidates: (() => void) | undefined;
  #heardAt = 0;
  #isClosed = false;

  constructor(options: SignalSocketOptions) {
    this.#options = options;
  }

  /**
   * Joins the room with the offer of the connection that will carry the media.
   * @returns the server's answer with its candidates.
   * @throws AvatarError `LIVEKIT_FAILED` when the server refuses or does not answer.
   */
  async join(offerSdp: string): Promise<string> {
    const { url, token } = this.#options;
    const socket = openLiveKitSocket(url, 'rtc/v1', token, { join_request: joinRequest(offerSdp) });
    this.#socket = socket;
    const answerSdp = await new Promise<string>((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(late);
        reject(new AvatarError('LIVEKIT_FAILED', `Cannot join the LiveKit room: ${reason}`));
        this.#end(reason);
      };
      const late = setTimeout(fail, ANSWER_WITHIN_MS, 'the server did not answer within 10 s');
      this.#answer = (sdp) => {
        clearTimeout(late);
        resolve(sdp);
      };
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        fail(`the server answered ${response.statusCode ?? 'nothing'}`);
      });
      socket.on('error', (thrown) => {
        fail(thrown.message);
      });
      socket.on('close', (code) => {
        fail(`the socket closed with ${code}`);
      });
      socket.on('message', (data) => {
        this.#hear(data);
      });
    });
    this.#heardAt = performance.now();
    this.#ping = setInterval(() => {
      this.#sendPing();
    }, PING_MS).unref();
    await this.#waitForCandidates();
    return withCandidates(answerSdp, this.#candidates);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#send({ case: 'leave', value: {} });
    this.#shut();
  }

  #hear(data: WebSocket.RawData): void {
    if (this.#isClosed || !Buffer.isBuffer(data)) return;
    this.#heardAt = performance.now();
    const message = readProtobuf(SignalResponse, data)?.message;
    if (message?.case === 'answer') this.#answer?.(message.value.sdp);
    else if (message?.case === 'leave') this.#end('The LiveKit server ended the participation');
    else if (message?.case === 'trickle') {
      const read = candidateSchema.safeParse(parseJson(message.value.candidateInit));
      if (read.success && read.data.candidate !== '') this.#candidates.push(read.data.candidate);
      if (message.value.final) {
        this.#hasAllCandidates = true;
        this.#allCandidates?.();
      }
    } else if (message?.case === 'update') {
      for (const { identity, state } of message.value.participants) {
        if (state === ParticipantInfo_State.DISCONNECTED) this.#options.onLeft(identity);
      }
    }
  }

  async #waitForCandidates(): Promise<void> {
    if (this.#hasAllCandidates) return;
    await new Promise<void>((resolve) => {
      const enough = setTimeout(resolve, CANDIDATES_WITHIN_MS);
      this.#allCandidates = () => {
        clearTimeout(enough);
        resolve();
      };
    });
  }

  #sendPing(): void {
    if (performance.now() - this.#heardAt > 3 * PING_MS) this.#end('The LiveKit server is silent');
    else this.#send({ case: 'pingReq', value: new Ping({ timestamp: BigInt(Date.now()) }) });
  }

  #send(message: Extract<ConstructorParameters<typeof SignalRequest>[0], object>['message']): void {
    if (this.#socket?.readyState !== WebSocket.OPEN || message === undefined) return;
    this.#socket.send(new SignalRequest({ message }).toBinary());
  }

  #end(reason: string): void {
    if (this.#isClosed) return;
    this.#shut();
    this.#options.onEnd(reason);
  }

  #shut(): void {
    this.#isClosed = true;
    clearInterval(this.#ping);
    this.#socket?.close(1000);
  }
}

/** @returns the query's `join_request`: our tracks, in the order in which they are published, and our offer. */
function joinRequest(offerSdp: string): string {
  const cid = (kind: string): string =>
    new RegExp(`^m=${kind} [^]*?^a=msid:\\S+ (\\S+)`, 'm').exec(offerSdp)?.[1] ?? '';
  const [audio, video] = [cid('audio'), cid('video')];
  const join = new JoinRequest({
    clientInfo: new ClientInfo({ sdk: ClientInfo_SDK.NODE, protocol: CLIENT_PROTOCOL, os: process.platform }),
    connectionSettings: new ConnectionSettings({ autoSubscribe: false }),
    publisherOffer: new SessionDescription({ type: 'offer', sdp: offerSdp }),
    addTrackRequests: [
      new AddTrackRequest({
        cid: audio,
        name: 'voice',
        type: TrackType.AUDIO,
        source: TrackSource.MICROPHONE,
        audioFeatures: [AudioTrackFeature.TF_NO_DTX],
        disableRed: true,
        stream: 'avatar',
      }),
      new AddTrackRequest({
        cid: video,
        name: 'picture',
        type: TrackType.VIDEO,
        source: TrackSource.CAMERA,
        width: PICTURE_PX,
        height: PICTURE_PX,
        layers: [
          new VideoLayer({ quality: VideoQuality.HIGH, width: PICTURE_PX, height: PICTURE_PX, bitrate: PICTURE_BPS }),
        ],
        stream: 'avatar',
      }),
    ],
  });
  const wrapped = new WrappedJoinRequest({ joinRequest: join.toBinary() });
  // Go's base64.URLEncoding wants the padding.
  return Buffer.from(wrapped.toBinary()).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** Puts candidates into the first section, whose transport all share. */
function withCandidates(sdp: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return sdp;
  const lines = sdp.split(/\r?\n/);
  const first = lines.findIndex((line) => line.startsWith('m='));
  const next = lines.findIndex((line, index) => index > first && line.startsWith('m='));
  const end = next < 0 ? lines.length - (lines.at(-1) === '' ? 1 : 0) : next;
  lines.splice(end, 0, ...candidates.map((candidate) => `a=${candidate.replace(/^a=/, '')}`));
  return lines.join('\r\n');
}
