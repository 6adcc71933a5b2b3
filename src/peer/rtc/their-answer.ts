import { isIP } from 'node:net';
import { AvatarError } from '../../base/errors.ts';
import { hasDirection, sectionsOf, speaks } from './sections.ts';
import { isKnownLine } from './wire/sdp-lines.ts';

/** What we must know of an answer to our own offer. */
export interface TheirAnswer {
  readonly sdp: string;
  readonly fingerprint: string;
  /** At least one of both. */
  readonly takesSound: boolean;
  readonly takesPicture: boolean;
}

const MAX_ANSWER_CHARACTERS = 65_536;
const MAX_CANDIDATES = 32;
const CANDIDATE = /^a=candidate:\S+ \d+ (\w+) \d+ (\S+) \d+ typ /;

/**
 * Reads the answer of a server to which we offered sound and picture.
 * @param mids - of our sections: sound, picture.
 * @param mayReach - whether packets may be sent to an address. Candidates of other addresses are dropped, and names are never
 *   looked up.
 * @param withChannels - whether a section of data channels was offered as well.
 * @throws AvatarError `SDP_UNUSABLE` that says what is missing.
 */
export function readAnswer(
  sdp: string,
  [audioMid, videoMid]: readonly [string, string],
  mayReach: (address: string) => boolean,
  withChannels = false,
): TheirAnswer {
  if (!sdp.startsWith('v=0')) throw unusable('it does not begin with v=0 (RFC 8866)');
  if (sdp.length > MAX_ANSWER_CHARACTERS)
    throw unusable(`it has ${sdp.length} characters, at most ${MAX_ANSWER_CHARACTERS} are read`);
  let candidates = 0;
  const lines = sdp
    .split(/\r\n|\n/)
    .map((line) => line.trimEnd())
    .filter((line) => {
      if (line.startsWith('a=end-of-candidates')) return false;
      if (!line.startsWith('a=candidate:')) return isKnownLine(line) || line === 'a=setup:passive';
      const [, protocol = '', address = ''] = CANDIDATE.exec(line) ?? [];
      const isUsable =
        protocol.toLowerCase() === 'udp' && isKnownLine(line) && isIP(address) !== 0 && mayReach(address);
      return isUsable && candidates++ < MAX_CANDIDATES;
    });
  const sections = sectionsOf(lines);
  const [audio, video] = [audioMid, videoMid].map((wanted) => sections.find(({ mid }) => mid === wanted));
  const channels = sections.filter(({ kind }) => kind === 'application').length;
  if (
    sections.length !== 2 + channels ||
    channels !== (withChannels ? 1 : 0) ||
    audio === undefined ||
    video === undefined
  ) {
    throw unusable('its sections are not those that were offered');
  }
  const isTaken = (section: typeof video): boolean =>
    hasDirection(section, 'recvonly', 'sendrecv') && !/^m=\w+ 0 /.test(section.lines[0] ?? '');
  const takesPicture = isTaken(video) && speaks(video, 'VP8');
  const takesSound = isTaken(audio) && speaks(audio, 'opus');
  if (!takesPicture && !takesSound) throw unusable('that server takes neither VP8 nor Opus');
  const fingerprint = lines.find((line) => line.startsWith('a=fingerprint:'));
  if (fingerprint === undefined) throw unusable('it has no DTLS fingerprint of SHA-256 or longer');
  if (!lines.some((line) => line.startsWith('a=ice-ufrag:'))) throw unusable('it has no ICE credentials');
  if (candidates === 0) throw unusable('it names no UDP address that this server may send to');
  // Nothing more will come, and the library fails sooner when it knows that.
  const lastCandidate = lines.findLastIndex((line) => line.startsWith('a=candidate:'));
  lines.splice(lastCandidate + 1, 0, 'a=end-of-candidates');
  return { sdp: lines.join('\r\n'), fingerprint, takesSound, takesPicture };
}

function unusable(reason: string): AvatarError {
  return new AvatarError('SDP_UNUSABLE', `Cannot use the answer: ${reason}`);
}
