import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { AvatarPeer, Sending } from '../../peer/avatar-peer.ts';
import { OpusEncoder } from '../../native/codec/opus-encoder.ts';
import { AgentSpeech, type SegmentNews } from './agent-speech.ts';
import { DataPackets, RPC_UNSUPPORTED_METHOD, RpcFailure } from './data-packets.ts';
import { readParticipantToken } from './livekit-token.ts';
import { SignalSocket } from './signal-socket.ts';

export interface LiveKitAvatarOptions {
  readonly peer: Pick<AvatarPeer, 'enter' | 'leave' | 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the LiveKit server. */
  readonly url: string;
  /** Lets the avatar into the room. Its attribute `lk.publish_on_behalf` names the agent that may speak through it. */
  readonly token: string;
  readonly portraitId: string;
  readonly ownerKey?: string | undefined;
  /** Told once; not after `close`. */
  readonly onEnd: (reason: string) => void;
}

/** What an agent's sound comes on, and the calls that go with it (LiveKit Agents, data stream audio). */
const AUDIO_TOPIC = 'lk.audio_stream';
const CLEAR_BUFFER = 'lk.clear_buffer';
const PLAYBACK_STARTED = 'lk.playback_started';
const PLAYBACK_FINISHED = 'lk.playback_finished';
const CALL_MS = 2_000;
const CALL_TRIES = 3;
const RETRY_MS = 100;
/** The channels of LiveKit's protocol: a participant becomes active once it has opened both. */
const CHANNEL = '_reliable';
const LOSSY_CHANNEL = '_lossy';

/**
 * An avatar that takes part in a LiveKit room on behalf of an agent: the agent's speech comes as byte streams, picture and
 * voice go out as two tracks, and the agent is told what was heard.
 */
export class LiveKitAvatar implements Closable {
  readonly id: string;
  readonly #options: LiveKitAvatarOptions;
  readonly #signal: SignalSocket;
  readonly #packets: DataPackets;
  #encoder: OpusEncoder | undefined;
  #speech: AgentSpeech | undefined;
  #sending: Sending | undefined;
  /** Who may speak: named by the token, else whoever speaks first. */
  #agent: string | undefined;
  #isClosed = false;

  private constructor(options: LiveKitAvatarOptions) {
    const { url, token } = options;
    this.id = `lk-${randomBytes(12).toString('base64url')}`;
    this.#options = options;
    this.#agent = readParticipantToken(token).onBehalfOf;
    this.#signal = new SignalSocket({
      url,
      token,
      onLeft: (identity) => {
        if (identity === this.#agent) this.#end('The agent left the room');
      },
      onEnd: (reason) => {
        this.#end(reason);
      },
    });
    this.#packets = new DataPackets({
      send: (bytes) => this.#sending?.sendMessage(bytes) === true,
      topic: AUDIO_TOPIC,
      onStream: ({ from, attributes }) => {
        this.#agent ??= from;
        return from === this.#agent ? this.#speech?.segment(attributes) : undefined;
      },
      methods: new Map([
        [
          CLEAR_BUFFER,
          (caller) => {
            if (caller !== this.#agent) return 'reject';
            this.#speech?.clear();
            return 'ok';
          },
        ],
      ]),
    });
  }

  /**
   * Brings an avatar to life and publishes it.
   * @throws AvatarError `LIVEKIT_FAILED`, `TOKEN_INVALID`, `CAPACITY_FULL`, or what loading the portrait brings.
   */
  static async open(options: LiveKitAvatarOptions): Promise<LiveKitAvatar> {
    const avatar = new LiveKitAvatar(options);
    try {
      await avatar.#open();
      return avatar;
    } catch (thrown) {
      await avatar.close();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#packets.close();
    this.#speech?.close();
    this.#encoder?.close();
    this.#signal.close();
    await this.#sending?.close();
    await this.#options.peer.leave(this.id, 'The LiveKit participation ended');
  }

  async #open(): Promise<void> {
    const { peer, clock, portraitId, ownerKey } = this.#options;
    this.#encoder = await OpusEncoder.open();
    const participant = await peer.enter({
      roomId: this.id,
      participantId: this.id,
      name: '',
      portraitId,
      ...(ownerKey === undefined ? {} : { ownerKey }),
    });
    this.#speech = new AgentSpeech({
      outlet: participant,
      encoder: this.#encoder,
      clock,
      onNews: (news) => void this.#tell(news),
    });
    this.#sending = await peer.send({
      participantId: this.id,
      viewerId: randomUUID(),
      exchange: (offerSdp) => this.#signal.join(offerSdp),
      // The operator named the server, and a server of many machines answers from any of them.
      mayReach: () => true,
      channel: {
        label: CHANNEL,
        lossyLabel: LOSSY_CHANNEL,
        onOpen: () => undefined,
        onMessage: (bytes) => {
          this.#packets.receive(bytes);
        },
      },
      onConnected: () => undefined,
      onEnd: (reason) => {
        this.#end(reason);
      },
    });
  }

  async #tell(news: SegmentNews): Promise<void> {
    if (news.type === 'started') await this.#call(PLAYBACK_STARTED, '', 1);
    else {
      // Agents build a data class from it, which takes these three members and no other.
      const payload = {
        playback_position: news.playedMs / 1000,
        interrupted: news.interrupted,
        synchronized_transcript: null,
      };
      await this.#call(PLAYBACK_FINISHED, JSON.stringify(payload), CALL_TRIES);
    }
  }

  async #call(method: string, payload: string, tries: number): Promise<void> {
    const agent = this.#agent;
    if (agent === undefined) return;
    for (let left = tries; left > 0 && !this.#isClosed; left--) {
      try {
        await this.#packets.call(agent, method, payload, CALL_MS);
        return;
      } catch (thrown) {
        // Agents of one kind do not want to know.
        if (thrown instanceof RpcFailure && thrown.code === RPC_UNSUPPORTED_METHOD) return;
        if (left === 1) this.#options.logger.warn('livekit.call', { method, message: messageOf(thrown) });
        else await new Promise((later) => setTimeout(later, RETRY_MS));
      }
    }
  }

  #end(reason: string): void {
    if (this.#isClosed) return;
    this.#options.logger.info('livekit.ended', { sessionId: this.id, reason });
    void this.close().catch((thrown: unknown) => {
      this.#options.logger.error('livekit.close', { message: messageOf(thrown) });
    });
    this.#options.onEnd(reason);
  }
}
