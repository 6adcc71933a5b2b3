import { BROWSER } from '../client/browser.ts';
import { Call } from '../client/call.ts';
import type { JoinRequest } from '../client/call-options.ts';
import type { CallState } from '../client/call-state.ts';
import type { TextChannel } from '../client/media-link.ts';
import type { Participant } from '../client/participant.ts';
import type { RoomDoor } from '../protocol/caller.ts';
import type { ToClient } from '../protocol/channel.ts';
import type { CallPort } from './call-port.ts';
import { ownerKey } from './owner-key.ts';
import type { Settings } from './settings.ts';

export type { JoinRequest };

/** The page's one call: its listeners hear at once how things stand, because it may be under way before they are there. */
export class PageCall extends Call implements CallPort {
  #textChannel: TextChannel | undefined;

  constructor({ signalingUrl, token, membersPerRoom, relay, relayOnly }: Settings) {
    super({ ...BROWSER, signalingUrl, token, membersPerRoom, relayOnly, waitForRelay: relay, ownerKey });
    this.on('textChannel', (channel) => {
      this.#textChannel = channel;
    });
  }

  onState(listener: (state: CallState) => void): () => void {
    listener(this.state);
    return this.on('state', listener);
  }

  onMessage(listener: (message: ToClient) => void): () => void {
    return this.on('message', listener);
  }

  onParticipants(listener: (participants: readonly Participant[]) => void): () => void {
    listener(this.participants);
    return this.on('participants', listener);
  }

  onDoor(listener: (door: RoomDoor | undefined) => void): () => void {
    return this.on('door', listener);
  }

  onTextChannel(listener: (channel: TextChannel) => void): () => void {
    if (this.#textChannel !== undefined) listener(this.#textChannel);
    return this.on('textChannel', listener);
  }
}
