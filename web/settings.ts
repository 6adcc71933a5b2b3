import type { DoorState } from '../protocol/caller.ts';
import { nameOf, roomOf } from '../protocol/display-names.ts';
import { takeToken } from './room-token.ts';

const DOORS: readonly DoorState[] = ['open', 'ask', 'locked'];

/** What the server wrote into the page, and what the link asks for. */
export interface Settings {
  readonly signalingUrl: string;
  /** `welcome` brings a relay without which a connection may fail: wait for it before offering. */
  readonly relay: boolean;
  readonly needsToken: boolean;
  readonly uploadLimitBytes: number;
  readonly membersPerRoom: number;
  readonly room: string | undefined;
  /** The room as the link says it, to be shown where it cannot be one. */
  readonly askedRoom: string;
  readonly portrait: string;
  readonly token: string | undefined;
  readonly name: string | undefined;
  readonly autojoin: boolean;
  /** `?door=ask`: how the door of the room stands when this page is the first in it. */
  readonly door: DoorState | undefined;
  /** `?relay=only`: for a network that must be tested, and for whoever will not show an address. */
  readonly relayOnly: boolean;
  /** `?microphone=off`: join without asking for one. */
  readonly withMicrophone: boolean;
}

export function readSettings(json: string, location: Location): Settings {
  const written = JSON.parse(json) as {
    signalingUrl?: string;
    relay?: boolean;
    needsToken?: boolean;
    uploadLimitBytes?: number;
    membersPerRoom?: number;
    portrait?: string;
  };
  const query = new URLSearchParams(location.search);
  const own = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/signaling`;
  const askedRoom = query.get('room') ?? '';
  const room = roomOf(askedRoom);
  const name = query.get('name');
  const relayOnly = query.get('relay') === 'only';
  return {
    signalingUrl: written.signalingUrl ?? own,
    relay: relayOnly || (written.relay ?? false),
    needsToken: written.needsToken ?? false,
    uploadLimitBytes: written.uploadLimitBytes ?? 20_000_000,
    membersPerRoom: written.membersPerRoom ?? 4,
    room,
    askedRoom,
    portrait: query.get('portrait') ?? written.portrait ?? '',
    token: takeToken(location, room),
    name: name === null ? undefined : nameOf(name),
    autojoin: query.get('autojoin') === '1',
    door: DOORS.find((door) => door === query.get('door')),
    relayOnly,
    withMicrophone: query.get('microphone') !== 'off',
  };
}

/** A name for a room that is easy to say on the telephone. */
export function inventRoom(random: () => number): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? '';
  return `${pick(COLOURS)}-${pick(THINGS)}-${Math.floor(random() * 900 + 100)}`;
}

const COLOURS = ['amber', 'azure', 'coral', 'golden', 'green', 'indigo', 'ivory', 'lilac', 'olive', 'silver', 'teal'];
const THINGS = ['bridge', 'garden', 'harbour', 'island', 'lantern', 'meadow', 'orchard', 'river', 'terrace', 'window'];
