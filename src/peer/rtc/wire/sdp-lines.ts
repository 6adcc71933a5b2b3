/**
 * Lines of an offer or answer that mean something to us, and what each may look like (RFC 8866, and the specification of each
 * attribute). Browsers offer a dozen more (layers, congestion control, codecs' details); the library would read them, and
 * none is of use.
 */
const PATTERNS: ReadonlyMap<string, RegExp> = new Map([
  [
    'candidate',
    /^[\w+/.:-]{1,64} \d{1,5} (?:udp|tcp) \d{1,10} [\w.:-]{1,128} \d{1,5} typ \w{1,8}(?: [\w.:+/-]{1,256})*$/i,
  ],
  ['end-of-candidates', /^$/],
  ['extmap', /^\d{1,3}(?:\/\w{1,16})? \S{1,200}$/],
  ['extmap-allow-mixed', /^$/],
  ['fingerprint', /^sha-(?:256|384|512) (?:[0-9a-f]{2}:){31,63}[0-9a-f]{2}$/i],
  ['fmtp', /^\d{1,3} [\x21-\x7e][\x20-\x7e]{0,400}$/],
  ['group', /^BUNDLE(?: [\w.+-]{1,16}){0,16}$/],
  ['ice-lite', /^$/],
  ['ice-options', /^[\w+/ -]{1,64}$/],
  ['ice-pwd', /^[A-Za-z0-9+/]{22,256}$/],
  ['ice-ufrag', /^[A-Za-z0-9+/]{4,256}$/],
  ['inactive', /^$/],
  ['max-message-size', /^\d{1,10}$/],
  ['mid', /^[A-Za-z0-9][\w.+-]{0,15}$/],
  ['msid', /^[\x21-\x7e]{1,64}(?: [\x21-\x7e]{1,64})?$/],
  ['recvonly', /^$/],
  ['rtcp-fb', /^(?:\d{1,3}|\*) [\w-]{1,24}(?: [\w-]{1,24}){0,2}$/],
  ['rtcp-mux', /^$/],
  ['rtcp-rsize', /^$/],
  ['rtpmap', /^\d{1,3} [\w.-]{1,32}\/\d{1,6}(?:\/\d{1,2})?$/],
  ['sctp-port', /^[1-9]\d{0,4}$/],
  ['sendonly', /^$/],
  ['sendrecv', /^$/],
  ['setup', /^(?:actpass|active)$/],
  ['ssrc', /^\d{1,10} [\w-]{1,16}(?::[\x20-\x7e]{0,256})?$/],
  ['ssrc-group', /^[A-Z-]{1,16}(?: \d{1,10}){1,8}$/],
]);
const MEDIA = /^m=(?:audio|video|application) \d{1,5} [A-Z/]{1,32}(?: [\w-]{1,24}){1,64}$/;
/** The library would hand these to lists that only simulcast fills. */
const UNWANTED_EXTENSION = /:(?:rtp-stream-id|repaired-rtp-stream-id)$/;
const LONGEST_LINE = 1024;

/** @returns whether a line of an offer is one that we understand. */
export function isKnownLine(line: string): boolean {
  if (line.length > LONGEST_LINE) return false;
  if (line.startsWith('m=')) return MEDIA.test(line);
  if (!line.startsWith('a=')) return /^[vosct]=[\x20-\x7e]*$/.test(line);
  const colon = line.indexOf(':');
  const name = line.slice(2, colon < 0 ? undefined : colon);
  const value = colon < 0 ? '' : line.slice(colon + 1);
  if (name === 'extmap' && UNWANTED_EXTENSION.test(value)) return false;
  return PATTERNS.get(name)?.test(value) === true;
}
