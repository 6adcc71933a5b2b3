import type { ChannelRoster } from '../protocol/channel.ts';
import type { Place } from './media-link.ts';

/** One person of the room, as the server tells it. */
export interface Participant {
  readonly participantId: string;
  readonly name: string;
  readonly isSelf: boolean;
  /** `interrupted` while their connection is away; `connecting` before their avatar is seen first. */
  readonly state: 'connecting' | 'live' | 'interrupted';
  /** Where the avatar arrives; nothing while there is no room for it. */
  readonly place: Place | undefined;
}

/** @returns the participants of a roster, in its order. */
export function participantsOf({ participants }: ChannelRoster): Participant[] {
  return participants.map(({ participantId, name, state, self, videoMid, audioMid }) => ({
    participantId,
    name,
    isSelf: self,
    state: state === 'live' || state === 'interrupted' ? state : 'connecting',
    place: videoMid === undefined ? undefined : { videoMid, audioMid },
  }));
}
