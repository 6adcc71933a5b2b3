import { randomBytes, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { portraitIdSchema } from '../../../protocol/names.ts';
import { roomNameSchema } from '../../../protocol/signaling.ts';
import { AvatarError } from '../../base/errors.ts';
import { nameOf, PERSON_NAME_LIMIT } from '../../../protocol/display-names.ts';
import type { AvatarPeer, PeerEvent, Watching } from '../../peer/avatar-peer.ts';
import { ownerKeyOf } from '../http/access.ts';
import { parsed } from '../http/parsed.ts';
import type { PortraitStore } from '../portrait-store.ts';
import type { Entry } from './entry.ts';
import { tokenOf } from './request-token.ts';

export interface BroadcastsOptions {
  readonly entry: Entry;
  readonly peer: Pick<AvatarPeer, 'candidate' | 'join' | 'leave' | 'membersOf' | 'restart' | 'watch'>;
  readonly portraits: Pick<PortraitStore, 'first'>;
  readonly membersPerRoom: number;
}

interface Broadcast {
  readonly room: string;
  readonly onEnd: () => void;
  isLive: boolean;
}

/** Avatars whose voice comes from a broadcaster over WHIP: each is a member of a room, and WHEP players may watch it. */
export class Broadcasts {
  readonly #options: BroadcastsOptions;
  /** By participant. */
  readonly #broadcasts = new Map<string, Broadcast>();

  constructor(options: BroadcastsOptions) {
    this.#options = options;
  }

  push(event: PeerEvent): void {
    const broadcast = this.#broadcasts.get(event.participantId);
    if (broadcast === undefined) return;
    if (event.type === 'live') broadcast.isLive = true;
    else if (event.type === 'interrupted') broadcast.isLive = false;
    else if (event.type === 'left') {
      this.#broadcasts.delete(event.participantId);
      broadcast.onEnd();
    }
  }

  /**
   * WHIP: the voice that is sent moves an avatar in the room.
   * @throws AvatarError `TOKEN_INVALID`, `ROOM_FULL`, `CAPACITY_FULL`, `SDP_UNUSABLE`, or what loading the portrait brings.
   */
  async publish(request: Request, name: string, offerSdp: string, onEnd: () => void): Promise<Watching> {
    const room = await this.#enter(request, name);
    const { peer, portraits, membersPerRoom } = this.#options;
    if (peer.membersOf(room).length >= membersPerRoom) {
      throw new AvatarError('ROOM_FULL', `Cannot join: the room has ${membersPerRoom} participants already`);
    }
    const { portrait, name: displayName } = request.query;
    const portraitId = portrait === undefined ? portraits.first : parsed(portraitIdSchema, portrait);
    if (portraitId === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', 'This server has no portrait yet');
    const ownerKey = ownerKeyOf(request);
    const participantId = randomBytes(12).toString('base64url');
    this.#broadcasts.set(participantId, { room, onEnd, isLive: false });
    try {
      const { answerSdp } = await peer.join({
        role: 'publisher',
        roomId: room,
        participantId,
        name: typeof displayName === 'string' ? nameOf(displayName, PERSON_NAME_LIMIT) : '',
        portraitId,
        offerSdp,
        ...(ownerKey === undefined ? {} : { ownerKey }),
      });
      return {
        answerSdp,
        restart: async (credentials) => (await peer.restart(participantId, credentials)).answerSdp,
        addCandidate: (candidate) => peer.candidate(participantId, candidate),
        close: () => peer.leave(participantId, 'The broadcaster ended it'),
      };
    } catch (thrown) {
      this.#broadcasts.delete(participantId);
      throw thrown;
    }
  }

  /**
   * WHEP: shows whoever broadcasts in the room.
   * @throws AvatarError `TOKEN_INVALID`, `NOBODY_LIVE`, `VIEWERS_TOO_MANY` or `SDP_UNUSABLE`.
   */
  async watch(request: Request, name: string, offerSdp: string, onEnd: () => void): Promise<Watching> {
    const room = await this.#enter(request, name);
    const live = [...this.#broadcasts].find(([, broadcast]) => broadcast.room === room && broadcast.isLive);
    if (live === undefined) throw new AvatarError('NOBODY_LIVE', 'Nobody broadcasts in this room now');
    return this.#options.peer.watch({ participantId: live[0], viewerId: randomUUID(), offerSdp, onEnd });
  }

  async #enter(request: Request, name: string): Promise<string> {
    const room = parsed(roomNameSchema, name);
    const right = await this.#options.entry.check(request, tokenOf(request));
    if (right.type === 'invitation' && right.room !== room) {
      throw new AvatarError('TOKEN_INVALID', 'The invitation is for another room');
    }
    return room;
  }
}
