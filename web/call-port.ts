import type { ControlMessage } from '../protocol/control.ts';

/** Where the call stands, for captions and for whoever builds on it. */
export type CallState =
  | { readonly type: 'idle' }
  | { readonly type: 'connecting' }
  /** The host of the room is asked. */
  | { readonly type: 'lobby' }
  | { readonly type: 'live'; readonly relay: boolean }
  | { readonly type: 'reconnecting' }
  | { readonly type: 'full'; readonly retryInS: number }
  | { readonly type: 'ended'; readonly code: string; readonly message: string };

/** One person of the room, as the server tells it. */
export interface Participant {
  readonly participantId: string;
  readonly name: string;
  readonly isSelf: boolean;
}

/** A JSON message of the data channel `visavis`; only its type is known to be there. */
export type ChannelMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** The call as parts of the page see it (the communication aid among them); the same object for the page's whole life. */
export interface CallPort {
  readonly state: CallState;
  readonly participants: readonly Participant[];
  /** Says something on the data channel `visavis`. @returns whether there was an open channel. */
  send(message: ControlMessage | ChannelMessage): boolean;
  /** Hears every message of the data channel `visavis`. @returns a function that ends it. */
  onMessage(listener: (message: ChannelMessage) => void): () => void;
  /** Hears how the call stands, now and whenever that changes: it may be under way. @returns a function that ends it. */
  onState(listener: (state: CallState) => void): () => void;
  /** Hears who is there, now and whenever that changes. @returns a function that ends it. */
  onParticipants(listener: (participants: readonly Participant[]) => void): () => void;
  /**
   * What of somebody's sound (or, unheard, of their picture) is played now.
   * @returns how far this page's clock (`performance.now`) is ahead of the moment that is played, in ms as the sender
   * reports count it (NTP); nothing where the browser does not say.
   */
  playoutOffsetMs(participantId: string): Promise<number | undefined>;
  /** The real-time text channel (RFC 8865, subprotocol `t140`) whenever there is a new one, open or about to be. */
  onTextChannel(listener: (channel: RTCDataChannel) => void): () => void;
}
