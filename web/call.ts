import type { CallerMessage, DoorState, ToCaller } from '../protocol/caller.ts';
import type { CallPort, CallState, ChannelMessage, Participant } from './call-port.ts';
import { ownerKey } from './owner-key.ts';
import { PeerLink, type Place } from './peer-link.ts';
import { playoutOffsetMs } from './playout-clock.ts';
import type { Settings } from './settings.ts';
import { SignalingSocket } from './signaling-socket.ts';

/** One participant with the place where the picture arrives. */
export interface SeenParticipant extends Participant {
  readonly state: string;
  readonly place: Place | undefined;
}

/** How the door of the room stands, and who waits at it. */
export type DoorMessage = Extract<ToCaller, { type: 'room' }>;
/** What the host of a room decides. */
export type Decision = Extract<CallerMessage, { type: 'door' | 'admit' | 'remove' }>;

export interface JoinWish {
  readonly room: string;
  readonly name: string;
  readonly portrait: string;
  /** How the door stands if nobody is in the room yet. */
  readonly door?: DoorState | undefined;
}

/** After these the call goes on as it was. */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['MESSAGE_UNKNOWN', 'ROOM_FULL', 'NOT_JOINED', 'NOT_HOST']);
/** How long a connection may be in trouble before another one is tried: ICE often mends itself at once. */
const MEND_MS = 2500;

/** A call from joining to leaving, through broken sockets, broken media and full servers. */
export class Call implements CallPort {
  readonly #settings: Settings;
  readonly #stateListeners = new Set<(state: CallState) => void>();
  readonly #messageListeners = new Set<(message: ChannelMessage) => void>();
  readonly #participantListeners = new Set<(participants: readonly SeenParticipant[]) => void>();
  readonly #textListeners = new Set<(channel: RTCDataChannel) => void>();
  readonly #doorListeners = new Set<(door: DoorMessage | undefined) => void>();
  #textChannel: RTCDataChannel | undefined;
  #state: CallState = { type: 'idle' };
  #participants: readonly SeenParticipant[] = [];
  #wish: JoinWish | undefined;
  #socket: SignalingSocket | undefined;
  #link: PeerLink | undefined;
  #iceServers: Extract<ToCaller, { type: 'welcome' }>['iceServers'] = [];
  #microphone: MediaStreamTrack | null = null;
  #welcomed = false;
  #greeted = false;
  #waiting = 0;
  #mending = 0;
  /** Messages are handled one at a time: an answer and its candidates belong in order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get state(): CallState {
    return this.#state;
  }

  get participants(): readonly SeenParticipant[] {
    return this.#participants;
  }

  get link(): PeerLink | undefined {
    return this.#link;
  }

  /** Connects and joins; what becomes of it is told by the state. */
  join(wish: JoinWish): void {
    this.leave();
    this.#wish = wish;
    this.#setState({ type: 'connecting' });
    this.#socket = new SignalingSocket(this.#settings.signalingUrl, this.#settings.token, {
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
    if (!this.#settings.relay) void this.#offerAnew();
  }

  leave(): void {
    clearInterval(this.#waiting);
    clearTimeout(this.#mending);
    if (this.#welcomed) this.#socket?.send({ type: 'leave' });
    this.#socket?.close();
    this.#link?.close();
    this.#socket = undefined;
    this.#link = undefined;
    this.#wish = undefined;
    this.#welcomed = false;
    this.#greeted = false;
    this.#setParticipants([]);
    this.#setDoor(undefined);
    this.#setState({ type: 'idle' });
  }

  /** Puts this track, or silence, where the microphone belongs: now and in every later connection. */
  setMicrophone(track: MediaStreamTrack | null): void {
    this.#microphone = track;
    void this.#link?.setMicrophone(track);
  }

  send(message: object): boolean {
    return this.#link?.send(message) ?? false;
  }

  /** Hears how the door of the room stands, whenever that changes; nothing outside of a room. */
  onDoor(listener: (door: DoorMessage | undefined) => void): () => void {
    return subscribe(this.#doorListeners, listener);
  }

  /** Says what the host decides; from anybody else the server does not take it. */
  decide(decision: Decision): void {
    this.#socket?.send(decision);
  }

  onState(listener: (state: CallState) => void): () => void {
    listener(this.#state);
    return subscribe(this.#stateListeners, listener);
  }

  onMessage(listener: (message: ChannelMessage) => void): () => void {
    return subscribe(this.#messageListeners, listener);
  }

  onParticipants(listener: (participants: readonly SeenParticipant[]) => void): () => void {
    listener(this.#participants);
    return subscribe(this.#participantListeners, listener);
  }

  onTextChannel(listener: (channel: RTCDataChannel) => void): () => void {
    if (this.#textChannel !== undefined) listener(this.#textChannel);
    return subscribe(this.#textListeners, listener);
  }

  async playoutOffsetMs(participantId: string): Promise<number | undefined> {
    const link = this.#link;
    const participant = this.#participants.find((each) => each.participantId === participantId);
    const place = participant?.place ?? (participant?.isSelf === true ? link?.ownPlace : undefined);
    return link === undefined || place === undefined ? undefined : playoutOffsetMs(await link.statistics, place);
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
        if (!message.fatal && !PASSING_ERRORS.has(message.code)) {
          this.#end(message.code, message.message);
        }
        return;
      case 'lobby':
        this.#setState({ type: 'lobby' });
        return;
      case 'admitted':
        this.#setState({ type: 'connecting' });
        await this.#offerAnew();
        return;
      case 'room':
        this.#setDoor(message);
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
    if (!isFirst || this.#settings.relay) await this.#offerAnew();
  }

  /** A new connection and a new wish to join: the first, and after the avatar peer or our place was lost. */
  async #offerAnew(): Promise<void> {
    this.#link?.close();
    const wish = this.#wish;
    if (wish === undefined) return;
    const link: PeerLink = new PeerLink(
      {
        others: this.#settings.membersPerRoom - 1,
        iceServers: this.#iceServers,
        relayOnly: this.#settings.relayOnly,
      },
      {
        onCandidate: (candidate) => {
          if (this.#link === link) this.#socket?.send({ type: 'candidate', candidate });
        },
        onState: (state) => {
          if (this.#link === link) this.#onLinkState(state);
        },
        onMessage: (channelMessage) => {
          if (this.#link === link) this.#onChannelMessage(channelMessage);
        },
        onTextChannel: (channel) => {
          this.#textChannel = channel;
          for (const listener of this.#textListeners) listener(channel);
        },
      },
    );
    this.#link = link;
    void link.setMicrophone(this.#microphone);
    this.#socket?.dropUnsent();
    const sdp = await link.offer();
    if (this.#link !== link) return;
    performance.mark('visavis:offer');
    this.#socket?.send({ type: 'join', ...wish, owner: ownerKey(), sdp });
  }

  #onLinkState(state: RTCPeerConnectionState): void {
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
    const relay = await usesRelay(link);
    if (relay && this.#link === link && this.#state.type === 'live') this.#setState({ type: 'live', relay });
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

  #onChannelMessage(message: ChannelMessage): void {
    if (message.type === 'roster' && Array.isArray(message['participants'])) {
      this.#setParticipants((message['participants'] as RosterEntry[]).map(seen));
    }
    for (const listener of this.#messageListeners) listener(message);
  }

  /** Counts down aloud, then asks again with the same offer. */
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
    this.leave();
    this.#setState({ type: 'ended', code, message });
  }

  #setState(state: CallState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #setDoor(door: DoorMessage | undefined): void {
    for (const listener of this.#doorListeners) listener(door);
  }

  #setParticipants(participants: readonly SeenParticipant[]): void {
    this.#participants = participants;
    for (const listener of this.#participantListeners) listener(participants);
  }
}

interface RosterEntry {
  readonly participantId: string;
  readonly name: string;
  readonly state: string;
  readonly self: boolean;
  readonly videoMid?: string;
  readonly audioMid?: string;
}

function seen(entry: RosterEntry): SeenParticipant {
  const { participantId, name, state, self, videoMid, audioMid } = entry;
  return {
    participantId,
    name,
    state,
    isSelf: self,
    place: videoMid === undefined ? undefined : { videoMid, audioMid },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the chosen path goes through a TURN server. */
async function usesRelay(link: PeerLink): Promise<boolean> {
  const report = await link.statistics;
  for (const entry of report.values() as Iterable<Record<string, unknown>>) {
    if (entry['type'] !== 'candidate-pair' || entry['nominated'] !== true || entry['state'] !== 'succeeded') continue;
    const local = report.get(String(entry['localCandidateId'])) as Record<string, unknown> | undefined;
    if (local?.['candidateType'] === 'relay') return true;
  }
  return false;
}
