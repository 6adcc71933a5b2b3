import type { HostDecision, ToCaller } from '../protocol/caller.ts';
import type { ToClient, ToServer } from '../protocol/channel.ts';
import type { IceServer } from '../protocol/signaling.ts';
import type { CallEvents, CallOptions, JoinRequest, Manner } from './call-options.ts';
import { CallError, type CallState } from './call-state.ts';
import { Emitter, type ListenOptions } from './emitter.ts';
import type { LinkState, MediaLink, Place } from './media-link.ts';
import { participantsOf, type Participant } from './participant.ts';
import { playoutOffsetMs } from './playout-clock.ts';
import { SignalingSocket } from './signaling-socket.ts';
import { Statistics, usesRelay, type AvatarFigures } from './statistics.ts';

/** After these the call goes on as it was. */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['MESSAGE_UNKNOWN', 'ROOM_FULL', 'NOT_JOINED', 'NOT_HOST']);
/** How long a connection may be in trouble before another one is tried: ICE often mends itself at once. */
const MEND_MS = 2500;
/** How often, and how far apart, a live connection is asked by which way its media go. */
const PATH_LOOKS = 10;
const PATH_LOOK_MS = 500;
const USUAL_MEMBERS = 4;

type Timer = ReturnType<typeof setTimeout>;

/**
 * A call from joining to leaving, through broken sockets, broken media and full servers. `openCall` of `browser.ts` makes one
 * for a page, and `openCall` of `node/call.ts` one for Node.
 * @typeParam Track - a track of sound, as the platform has it. @typeParam Stream - what an avatar arrives as.
 */
export class Call<Track = MediaStreamTrack, Stream = MediaStream>
  extends Emitter<CallEvents>
  implements AsyncDisposable
{
  readonly #options: CallOptions<Track, Stream>;
  #state: CallState = { type: 'idle' };
  #participants: readonly Participant[] = [];
  #request: JoinRequest | undefined;
  #socket: SignalingSocket | undefined;
  #link: MediaLink<Track, Stream> | undefined;
  #iceServers: readonly IceServer[] = [];
  #track: Track | null = null;
  #streams = new Map<string, Stream>();
  #statistics = new Statistics();
  #phrases = 0;
  /** The socket of a call that was left is closed. */
  #gone: Promise<void> = Promise.resolve();
  #welcomed = false;
  #greeted = false;
  #waiting: Timer | undefined;
  #mending: Timer | undefined;
  /** Messages are handled one at a time: an answer and its candidates belong in order. */
  #turn: Promise<void> = Promise.resolve();
  #channelTurn: Promise<void> = Promise.resolve();

  constructor(options: CallOptions<Track, Stream>) {
    super();
    this.#options = options;
  }

  get state(): CallState {
    return this.#state;
  }

  /** Everybody in the room, this one included; empty until the call is live. */
  get participants(): readonly Participant[] {
    return this.#participants;
  }

  /** The connection that is in use. The call replaces it when it has to begin anew. */
  get link(): MediaLink<Track, Stream> | undefined {
    return this.#link;
  }

  /**
   * Joins a room and waits until the call is live, which may take as long as a full room or a host lets it.
   * @throws CallError when the call ends instead, and the signal's reason when it is aborted, which leaves the room.
   */
  async join(request: JoinRequest, { signal }: ListenOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.start(request);
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        settle();
        this.leave();
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Joining was aborted'));
      };
      const end = this.on('state', (state) => {
        if (state.type === 'live') resolve();
        else if (state.type === 'ended') reject(new CallError(state.code, state.message));
        else if (state.type === 'idle') reject(new CallError('LEFT', 'The call was left before it was live'));
        else return;
        settle();
      });
      const settle = (): void => {
        end();
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort);
    });
  }

  /** Begins to join; what becomes of it is told by the state. */
  start(request: JoinRequest): void {
    this.leave();
    this.#request = request;
    this.#setState({ type: 'connecting' });
    const { signalingUrl, token, openSocket, waitForRelay = false } = this.#options;
    this.#socket = new SignalingSocket(signalingUrl, token, openSocket, {
      onMessage: (message) => {
        this.#turn = this.#turn
          .then(() => this.#hear(message))
          .catch(() => {
            this.#mendSoon(0);
          });
      },
      onBroken: () => {
        this.#welcomed = false;
        if (this.#state.type === 'full') this.#setState({ type: 'connecting' });
        else if (this.#state.type === 'live' && this.#link?.state !== 'connected')
          this.#setState({ type: 'reconnecting' });
      },
      onRefused: (code, message) => {
        this.#end(code, message);
      },
    });
    // The offer is made while the socket opens, unless it needs the relay that only `welcome` brings.
    if (!waitForRelay) void this.#offerAnew();
  }

  leave(): void {
    this.#hangUp();
    this.#setState({ type: 'idle' });
  }

  #hangUp(): void {
    clearInterval(this.#waiting);
    clearTimeout(this.#mending);
    if (this.#welcomed) this.#socket?.send({ type: 'leave' });
    this.#gone = this.#socket?.close() ?? this.#gone;
    this.#link?.close();
    this.#socket = undefined;
    this.#link = undefined;
    this.#request = undefined;
    this.#welcomed = false;
    this.#greeted = false;
    this.#setParticipants([]);
    this.emit('door', undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.#turn;
    // A program that ends before the socket is closed may not have sent its `leave`.
    await this.#gone;
  }

  /** Sends this track, or silence, as the voice of the avatar: now and in every later connection. */
  publish(track: Track | null): void {
    this.#track = track;
    void this.#link?.publish(track);
  }

  /** Says something on the data channel, such as a control of the avatar. @returns whether the channel was open. */
  send(message: ToServer): boolean {
    return this.#link?.send(JSON.stringify(message)) ?? false;
  }

  /**
   * Has the avatar speak a text.
   * @returns the name of the phrase in `speech-state`, `speech-notice` and captions; nothing when the channel was not open.
   */
  say(text: string, manner: Manner = {}): string | undefined {
    const id = `phrase-${++this.#phrases}`;
    return this.send({ type: 'speech-say', id, text, ...manner }) ? id : undefined;
  }

  /** Decides about the room; the server takes it from the host alone. */
  decide(decision: HostDecision): void {
    this.#socket?.send(decision);
  }

  /** The avatar of somebody, picture and sound; nothing while there is no room for it. The same as long as it is there. */
  streamOf(participantId: string): Stream | undefined {
    const [link, place] = [this.#link, this.#placeOf(participantId)];
    if (link === undefined || place === undefined) return undefined;
    const key = `${place.videoMid} ${place.audioMid ?? ''}`;
    const stream = this.#streams.get(key) ?? link.streamOf(place);
    this.#streams.set(key, stream);
    return stream;
  }

  /** @returns how well somebody's avatar arrives, measured since the last call for the same person. */
  async statisticsOf(participantId: string): Promise<AvatarFigures | undefined> {
    const [link, place] = [this.#link, this.#placeOf(participantId)];
    if (link === undefined || place === undefined) return undefined;
    return this.#statistics.figures(await link.statistics, place);
  }

  /**
   * What of somebody's sound (or, unheard, of their picture) is played now.
   * @returns how far this clock (`performance.now`) is ahead of the moment that is played, in ms as the sender reports count
   * it (NTP); nothing where the platform does not say.
   */
  async playoutOffsetMs(participantId: string): Promise<number | undefined> {
    const [link, place] = [this.#link, this.#placeOf(participantId)];
    return link === undefined || place === undefined ? undefined : playoutOffsetMs(await link.statistics, place);
  }

  #placeOf(participantId: string): Place | undefined {
    const participant = this.#participants.find((each) => each.participantId === participantId);
    return participant?.place ?? (participant?.isSelf === true ? this.#link?.ownPlace : undefined);
  }

  async #hear(message: ToCaller): Promise<void> {
    switch (message.type) {
      case 'welcome':
        await this.#welcome(message);
        return;
      case 'answer':
        performance.mark('visavis:answer');
        await this.#link?.answer(message.sdp);
        return;
      case 'candidate':
        await this.#link?.candidate(message.candidate);
        return;
      case 'full':
        this.#wait(message.retryAfterS);
        return;
      case 'rejoin':
        this.#setState({ type: 'reconnecting' });
        await this.#offerAnew();
        return;
      case 'error':
        // A full room comes with a `full` of its own, and a fatal error with the close of the socket.
        if (!message.fatal && !PASSING_ERRORS.has(message.code)) this.#end(message.code, message.message);
        return;
      case 'lobby':
        this.#setState({ type: 'lobby' });
        return;
      case 'admitted':
        this.#setState({ type: 'connecting' });
        await this.#offerAnew();
        return;
      case 'room':
        this.emit('door', message);
        return;
      case 'joined':
      case 'roster':
        // Who is where is told with the pictures, on the data channel.
        return;
      case 'heartbeat':
      case 'offer':
        return;
      default:
        message satisfies never;
    }
  }

  async #welcome(message: Extract<ToCaller, { type: 'welcome' }>): Promise<void> {
    this.#iceServers = message.iceServers;
    this.#welcomed = true;
    const link = this.#link;
    if (message.resumed) {
      if (link?.state === 'connected') await this.#tellLive();
      else this.#mendSoon(0);
      return;
    }
    // The first time an offer is on its way already, unless it waits for the relay; later the place in the room is gone.
    const isFirst = !this.#greeted;
    this.#greeted = true;
    if (!isFirst || this.#options.waitForRelay === true) await this.#offerAnew();
  }

  /** A new connection and a new wish to join: the first, and after the avatar peer or our place was lost. */
  async #offerAnew(): Promise<void> {
    this.#link?.close();
    const request = this.#request;
    if (request === undefined) return;
    const { openLink, membersPerRoom = USUAL_MEMBERS, relayOnly = false, ownerKey } = this.#options;
    const link: MediaLink<Track, Stream> = openLink(
      { others: membersPerRoom - 1, iceServers: this.#iceServers, relayOnly },
      {
        onCandidate: (candidate) => {
          if (this.#link === link) this.#socket?.send({ type: 'candidate', candidate });
        },
        onState: (state) => {
          if (this.#link === link) this.#onLinkState(state);
        },
        onMessage: (text) => {
          this.#onChannelText(link, text);
        },
        onTextChannel: (channel) => {
          this.emit('textChannel', channel);
        },
      },
    );
    this.#link = link;
    this.#streams = new Map();
    this.#statistics = new Statistics();
    void link.publish(this.#track);
    this.#socket?.dropUnsent();
    const sdp = await link.offer();
    if (this.#link !== link) return;
    performance.mark('visavis:offer');
    this.#socket?.send({ type: 'join', ...request, name: request.name ?? '', owner: ownerKey?.(), sdp });
  }

  #onLinkState(state: LinkState): void {
    if (state === 'connected') {
      clearTimeout(this.#mending);
      void this.#tellLive();
      return;
    }
    if (state === 'disconnected' || state === 'failed') {
      this.#setState({ type: 'reconnecting' });
      this.#mendSoon(state === 'failed' ? 0 : MEND_MS / 5);
    }
  }

  async #tellLive(): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    performance.mark('visavis:live');
    this.#setState({ type: 'live', relay: false });
    // A busy browser connects before its statistics say by which way.
    for (let look = 0; look < PATH_LOOKS; look++) {
      const relay = usesRelay(await link.statistics);
      if (this.#link !== link || this.state.type !== 'live') return;
      if (relay === true) this.#setState({ type: 'live', relay });
      if (relay !== undefined) return;
      await new Promise((later) => setTimeout(later, PATH_LOOK_MS));
    }
  }

  /** Restarts ICE, and where that does not help in time, connects anew. */
  #mendSoon(delayMs: number): void {
    clearTimeout(this.#mending);
    this.#mending = setTimeout(() => {
      const link = this.#link;
      if (link === undefined || link.state === 'connected' || !this.#welcomed) return;
      this.#mending = setTimeout(() => {
        if (this.#link === link && link.state !== 'connected') void this.#offerAnew();
      }, MEND_MS);
      if (link.isRestarting) return;
      void link.offer().then((sdp) => {
        if (this.#link === link) this.#socket?.send({ type: 'offer', sdp });
      });
    }, delayMs);
  }

  /** Messages are told in their order, though the first of them waits for the schemas. */
  #onChannelText(link: MediaLink<Track, Stream>, text: string): void {
    this.#channelTurn = this.#channelTurn.then(async () => {
      const { readChannel } = await import('./incoming.ts');
      const message = readChannel(text);
      if (message !== undefined && this.#link === link) this.#onChannelMessage(message);
    });
  }

  #onChannelMessage(message: ToClient): void {
    if (message.type === 'roster') this.#setParticipants(participantsOf(message));
    if (message.type === 'caption') this.emit('caption', message);
    this.emit('message', message);
  }

  /** Counts down in the state `full`, then asks again with a new offer. */
  #wait(retryAfterS: number): void {
    clearInterval(this.#waiting);
    let left = retryAfterS;
    this.#setState({ type: 'full', retryInS: left });
    this.#waiting = setInterval(() => {
      left--;
      if (left > 0) {
        this.#setState({ type: 'full', retryInS: left });
        return;
      }
      clearInterval(this.#waiting);
      this.#setState({ type: 'connecting' });
      void this.#offerAnew();
    }, 1000);
  }

  #end(code: string, message: string): void {
    this.#hangUp();
    this.#setState({ type: 'ended', code, message });
  }

  #setState(state: CallState): void {
    this.#state = state;
    this.emit('state', state);
  }

  #setParticipants(participants: readonly Participant[]): void {
    this.#participants = participants;
    this.emit('participants', participants);
  }
}
