import type { CaptionMessage, SayMessage } from '../protocol/speech.ts';
import type { DoorState, RoomDoor } from '../protocol/caller.ts';
import type { ToClient } from '../protocol/channel.ts';
import type { CallState } from './call-state.ts';
import type { OpenMediaLink, TextChannel } from './media-link.ts';
import type { Participant } from './participant.ts';
import type { OpenSocket } from './signaling-socket.ts';

export interface CallOptions<Track, Stream> {
  /** The signaling socket, such as `wss://visavis.example/signaling`; `signalingUrlOf` makes it from a server's address. */
  readonly signalingUrl: string;
  /** The invitation to the room, where rooms need one. */
  readonly token?: string | undefined;
  /** Shows that portraits are the caller's own; asked for at each join. */
  readonly ownerKey?: (() => string) | undefined;
  /** The most people in a room, this one included: so many avatars can be received. 4 unless told. */
  readonly membersPerRoom?: number | undefined;
  /** Waits for the server's TURN servers before offering, where a connection may fail without. */
  readonly waitForRelay?: boolean | undefined;
  /** Sends media through a TURN server in any case. */
  readonly relayOnly?: boolean | undefined;
  readonly openLink: OpenMediaLink<Track, Stream>;
  readonly openSocket: OpenSocket;
}

/** Which room to join, and how. */
export interface JoinRequest {
  readonly room: string;
  /** How the others see it; empty unless told. */
  readonly name?: string | undefined;
  /** The portrait that becomes this person's avatar. */
  readonly portrait: string;
  /** How the door stands if nobody is in the room yet. */
  readonly door?: DoorState | undefined;
}

/** What a call tells of itself. */
export interface CallEvents {
  readonly state: CallState;
  /** Everybody in the room, whenever that changes. */
  readonly participants: readonly Participant[];
  /** A sentence that is about to be heard. */
  readonly caption: CaptionMessage;
  /** Every message of the data channel that this version knows. */
  readonly message: ToClient;
  /** How the door of the room stands; nothing outside of a room. */
  readonly door: RoomDoor | undefined;
  /** The channel of real-time text (RFC 8865) of a new connection, open or about to be. */
  readonly textChannel: TextChannel;
}

/** How a text is to be spoken. */
export type Manner = Omit<SayMessage, 'type' | 'id' | 'text'>;

/** @returns the address of the signaling socket of a server, such as `https://visavis.example`. */
export function signalingUrlOf(server: string | URL): string {
  const url = new URL('signaling', withSlash(server));
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  return url.href;
}

function withSlash(server: string | URL): URL {
  const url = new URL(server);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
