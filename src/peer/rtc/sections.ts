import { AvatarError } from '../../base/errors.ts';

/** One media section of a description, with the session's own lines left out. */
export interface Section {
  readonly kind: string;
  readonly mid: string;
  readonly lines: readonly string[];
}

/** Lines that a section of a bundle may leave to another section, or to the session (RFC 9143, 7.1.3). */
const TRANSPORT = /^a=(?:ice-ufrag|ice-pwd|fingerprint|setup):/;
const CANDIDATE = /^a=(?:candidate:|end-of-candidates)/;

/** @throws AvatarError `SDP_UNUSABLE` when a section has no `mid`, or two have the same. */
export function sectionsOf(lines: readonly string[]): Section[] {
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

export function speaks(section: Section, codec: string): boolean {
  return section.lines.some((line) => new RegExp(`^a=rtpmap:\\d+ ${codec}/`, 'i').test(line));
}

/** @param directions - such as `recvonly`. A section without a direction is `sendrecv`. */
export function hasDirection(section: Section, ...directions: readonly string[]): boolean {
  const own = section.lines.find((line) => /^a=(?:sendrecv|sendonly|recvonly|inactive)$/.test(line));
  return directions.includes(own?.slice(2) ?? 'sendrecv');
}

/**
 * @param kept - some of `all`, in their order.
 * @param bundled - the `mid`s of the offer's bundle. The first of them carries the transport of all (RFC 9143, 7.2.1), and
 *   programs that do not promise to bundle write others into the rest.
 * @returns the offer with only `kept` of its sections, all with that transport.
 */
export function withSections(
  lines: readonly string[],
  all: readonly Section[],
  kept: readonly Section[],
  bundled: readonly string[],
): string[] {
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const tagged = all.find(({ mid }) => mid === bundled[0]) ?? kept[0];
  const sources = [tagged?.lines ?? [], session, ...all.map((section) => section.lines)];
  const transport = ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:', 'a=setup:'].flatMap((name) => {
    const source = sources.find((source) => source.some((line) => line.startsWith(name))) ?? [];
    return source.filter((line) => line.startsWith(name));
  });
  const candidates = (tagged?.lines ?? []).filter((line) => CANDIDATE.test(line));
  return [
    ...session.filter((line) => !line.startsWith('a=group:') && !TRANSPORT.test(line)),
    `a=group:BUNDLE ${kept.map(({ mid }) => mid).join(' ')}`,
    ...kept.flatMap(({ lines: own }, index) => [
      ...own.filter((line) => !TRANSPORT.test(line) && !CANDIDATE.test(line)),
      ...transport,
      ...(index === 0 ? candidates : []),
    ]),
    '',
  ];
}

/**
 * Gives an answer the sections that were not kept, in the order of the offer: media `inactive`, because senders go on as
 * they like and only a section that stays open lets them, and everything else rejected.
 */
export function withDeclined(answerSdp: string, offered: readonly Section[]): string {
  const lines = answerSdp.split('\r\n').filter((line) => line !== '');
  const answered = sectionsOf(lines);
  const [first] = answered;
  if (first === undefined) return answerSdp;
  const transport = first.lines.filter((line) => TRANSPORT.test(line) || CANDIDATE.test(line));
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const open = offered.filter(({ kind, mid }) => kind !== 'application' || answered.some((each) => each.mid === mid));
  return [
    ...session.filter((line) => !line.startsWith('a=group:')),
    `a=group:BUNDLE ${open.map(({ mid }) => mid).join(' ')}`,
    ...offered.flatMap(
      (section) => answered.find(({ mid }) => mid === section.mid)?.lines ?? declined(section, transport),
    ),
    '',
  ].join('\r\n');
}

function declined({ kind, mid, lines }: Section, transport: readonly string[]): string[] {
  const [media = ''] = lines;
  const [, , protocol = 'UDP/TLS/RTP/SAVPF', format = '0'] = media.split(' ');
  if (kind === 'application') return [`m=application 0 ${protocol} ${format}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`];
  const map = lines.filter((line) => line.startsWith(`a=rtpmap:${format} `) || line.startsWith(`a=fmtp:${format} `));
  return [
    `m=${kind} 9 ${protocol} ${format}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=inactive',
    'a=rtcp-mux',
    ...map,
    ...transport,
  ];
}

export function unusable(reason: string): AvatarError {
  return new AvatarError('SDP_UNUSABLE', `Cannot answer the offer: ${reason}`);
}
