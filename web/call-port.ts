import type { CallState } from '../client/call-state.ts';
import type { TextChannel } from '../client/media-link.ts';
import type { Participant } from '../client/participant.ts';
import type { ToClient, ToServer } from '../protocol/channel.ts';

/** The call as parts of the page see it (the communication aid among them); the same object for the page's whole life. */
export interface CallPort {
  readonly state: CallState;
  readonly participants: readonly Participant[];
  /** Says something on the data channel `visavis`. @returns whether there was an open channel. */
  send(message: ToServer): boolean;
  /** Hears every message of the data channel `visavis`. @returns a function that ends it. */
  onMessage(listener: (message: ToClient) => void): () => void;
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
  onTextChannel(listener: (channel: TextChannel) => void): () => void;
}
