import { hasDirection, sectionsOf, speaks, unusable, withSections, type Section } from './sections.ts';
import { isKnownLine } from './wire/sdp-lines.ts';

/** What the other end is: a page of a call, somebody who only watches, or a microphone without a page. */
export type PeerRole = 'page' | 'viewer' | 'publisher';

/** What we must know of a page's offer before anything is opened for it. */
export interface Offer {
  readonly sdp: string;
  /** The page's DTLS certificate: another one is another connection. */
  readonly fingerprint: string;
  /** Pairs of sections (`mid`s): the first serves the page itself, each further one another participant. */
  readonly slots: readonly OfferedSlot[];
  /** Every section that was offered. Some are not in `sdp`: they are declined. */
  readonly sections: readonly Section[];
}
export interface OfferedSlot {
  readonly videoMid: string;
  /** `false` where the other end declined the picture and takes the sound alone. */
  readonly isWanted?: boolean;
  readonly audioMid: string | undefined;
}

/** A four-person offer of Chromium is 12 kB. */
const MAX_OFFER_CHARACTERS = 65_536;
/** A page behind many networks has a dozen. */
const MAX_CANDIDATES = 64;
/** A room holds four; more sections than its pictures, its sounds and a data channel have no use. */
const MAX_SECTIONS = 12;

/**
 * Reads an offer as far as it decides whether we can answer.
 * @param keepCandidates - `false` drops them: one that only answers checks has no use for addresses, and looking up the
 *   `.local` names that browsers put there would open sockets.
 * @throws AvatarError `SDP_UNUSABLE` that says what is missing.
 */
export function readOffer(sdp: string, keepCandidates: boolean, role: PeerRole = 'page'): Offer {
  if (typeof sdp !== 'string' || !sdp.startsWith('v=0')) throw unusable('it does not begin with v=0 (RFC 8866)');
  if (sdp.length > MAX_OFFER_CHARACTERS) throw unusable(`it has ${sdp.length} characters, at most 65536 are read`);
  const all = sdp.split(/\r\n|\n/).map((line) => line.trimEnd());
  if (all.some((line) => line.startsWith('m=') && !isKnownLine(line))) {
    throw unusable('it has a section that is neither audio, video nor application, or its line is malformed');
  }
  let candidates = 0;
  const lines = all.filter((line) => {
    const isCandidate = /^a=(candidate|end-of-candidates)/.test(line);
    return isKnownLine(line) && (!isCandidate || (keepCandidates && candidates++ < MAX_CANDIDATES));
  });
  const sections = sectionsOf(lines);
  if (sections.length > MAX_SECTIONS) throw unusable(`it has ${sections.length} media sections, at most 12 are served`);

  const fingerprint = lines.find((line) => line.startsWith('a=fingerprint:'));
  if (fingerprint === undefined) throw unusable('it has no DTLS fingerprint of SHA-256 or longer');
  if (!lines.some((line) => line.startsWith('a=ice-ufrag:'))) throw unusable('it has no ICE credentials');
  if (role !== 'page') return readPart(lines, sections, fingerprint, role);

  if (lines.some((line) => line.startsWith('a=group:LS')) || !lines.some((line) => line.startsWith('a=group:BUNDLE')))
    throw unusable('its media are not bundled (RFC 9143)');

  const mids = new Set(sections.map(({ mid }) => mid));
  const bundled = lines.flatMap((line) => (line.startsWith('a=group:BUNDLE') ? line.split(' ').slice(1) : []));
  if (!bundled.every((mid) => mids.has(mid))) throw unusable('its bundle names a section that is not there');

  const videos = sections.filter(({ kind }) => kind === 'video');
  const audios = sections.filter(({ kind }) => kind === 'audio');
  if (videos.length === 0) throw unusable('it has no video section: there is nowhere to show the avatar');
  // What the page wrote is not repeated: messages reach the log.
  videos.forEach((video, index) => {
    if (!speaks(video, 'VP8')) throw unusable(`video section ${index + 1} has no VP8`);
  });
  audios.forEach((audio, index) => {
    if (!speaks(audio, 'opus')) throw unusable(`audio section ${index + 1} has no Opus`);
  });
  return {
    sdp: lines.join('\r\n'),
    fingerprint,
    slots: videos.map((video, index) => ({ videoMid: video.mid, audioMid: audios[index]?.mid })),
    sections,
  };
}

/** An offer of which we answer one picture and one sound at most (RFC 9725; draft-ietf-wish-whep). */
function readPart(
  lines: readonly string[],
  sections: readonly Section[],
  fingerprint: string,
  role: 'viewer' | 'publisher',
): Offer {
  const find = (kind: string, codec: string, direction: string): Section | undefined =>
    sections.find((each) => each.kind === kind && speaks(each, codec) && hasDirection(each, direction, 'sendrecv'));
  const direction = role === 'viewer' ? 'recvonly' : 'sendonly';
  const audio = find('audio', 'opus', direction);
  const video = role === 'viewer' ? find('video', 'VP8', direction) : undefined;
  if (role === 'viewer' && video === undefined) throw unusable('it has no video section that receives VP8');
  if (role === 'publisher' && audio === undefined) throw unusable('it has no audio section that sends Opus');
  const kept = sections.filter((section) => section === audio || section === video);
  const bundled =
    lines
      .find((line) => line.startsWith('a=group:BUNDLE'))
      ?.split(' ')
      .slice(1) ?? [];
  if (kept.length > 1 && !kept.every(({ mid }) => bundled.includes(mid))) {
    throw unusable('its media are not bundled (RFC 9143)');
  }
  return {
    sdp: withSections(lines, sections, kept, bundled).join('\r\n'),
    fingerprint,
    slots: video === undefined ? [] : [{ videoMid: video.mid, audioMid: audio?.mid }],
    sections,
  };
}
