import { isKnownLine } from './sdp-lines.ts';

/** What a peer says about its ICE after its offer (RFC 8840, 9). */
export interface SdpFragment {
  readonly usernameFragment: string | undefined;
  readonly password: string | undefined;
  readonly candidates: readonly { readonly candidate: string; readonly sdpMid: string | null }[];
}

const MAX_CHARACTERS = 16_384;
const MAX_CANDIDATES = 64;

/** @returns what the fragment says; nothing when a line of it is not one of a fragment. */
export function readSdpFragment(text: string): SdpFragment | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  let usernameFragment: string | undefined;
  let password: string | undefined;
  let sdpMid: string | null = null;
  const candidates: { candidate: string; sdpMid: string | null }[] = [];
  for (const line of text.split(/\r\n|\n/).map((each) => each.trimEnd())) {
    if (line === '') continue;
    if (!isKnownLine(line)) return undefined;
    if (line.startsWith('a=ice-ufrag:')) usernameFragment = line.slice(12);
    else if (line.startsWith('a=ice-pwd:')) password = line.slice(10);
    else if (line.startsWith('a=mid:')) sdpMid = line.slice(6);
    else if (line.startsWith('a=candidate:')) candidates.push({ candidate: line.slice(2), sdpMid });
  }
  return candidates.length > MAX_CANDIDATES ? undefined : { usernameFragment, password, candidates };
}

/** @returns what an answer says about our ICE, as a fragment. */
export function fragmentOf(answerSdp: string): string {
  const lines = answerSdp.split('\r\n');
  const first = lines.findIndex((line) => line.startsWith('m='));
  const next = lines.findIndex((line, index) => index > first && line.startsWith('m='));
  const section = lines.slice(first, next < 0 ? undefined : next);
  const find = (name: string): string[] => [...section, ...lines].filter((line) => line.startsWith(name)).slice(0, 1);
  return [
    ...find('a=ice-ufrag:'),
    ...find('a=ice-pwd:'),
    ...(lines.includes('a=ice-lite') ? ['a=ice-lite'] : []),
    ...section.slice(0, 1),
    ...find('a=mid:'),
    ...section.filter((line) => /^a=(?:candidate:|end-of-candidates)/.test(line)),
    '',
  ].join('\r\n');
}
