import { AvatarError } from '../../base/errors.ts';
import { isKnownLine } from './wire/sdp-lines.ts';

/** What we must know of a page's offer before anything is opened for it. */
export interface Offer {
  readonly sdp: string;
  /** The page's DTLS certificate: another one is another connection. */
  readonly fingerprint: string;
  /** Pairs of sections (`mid`s): the first serves the page itself, each further one another participant. */
  readonly slots: readonly OfferedSlot[];
}
export interface OfferedSlot {
  readonly videoMid: string;
  readonly audioMid: string | undefined;
}

interface Section {
  readonly kind: string;
  readonly mid: string;
  readonly lines: readonly string[];
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
export function readOffer(sdp: string, keepCandidates: boolean): Offer {
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
  };
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: { kind: string; mid: string; lines: string[] }[] = [];
  for (const line of lines) {
    const media = /^m=(\S+) /.exec(line);
    if (media !== null) sections.push({ kind: media[1] ?? '', mid: '', lines: [] });
    const section = sections.at(-1);
    if (section === undefined) continue;
    if (line.startsWith('a=mid:')) section.mid = line.slice(6).trim();
    section.lines.push(line);
  }
  const mids = new Set(sections.map(({ mid }) => mid));
  if (mids.has('')) throw unusable('a section of it has no mid, or one of more than 16 letters and digits');
  if (mids.size < sections.length) throw unusable('two of its sections have one mid');
  return sections;
}

function speaks(section: Section, codec: string): boolean {
  return section.lines.some((line) => new RegExp(`^a=rtpmap:\\d+ ${codec}/`, 'i').test(line));
}

function unusable(reason: string): AvatarError {
  return new AvatarError('SDP_UNUSABLE', `Cannot answer the offer: ${reason}`);
}
