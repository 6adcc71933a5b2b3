const HEADER_BYTES = 12;
/** The shorter of the two tags that we negotiate (RFC 3711, 5.2; RFC 7714, 13.1: 16). */
const TAG_BYTES = 10;
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILES = 0x100;
const END_OF_ONE_BYTE = 15;

/**
 * @returns the SSRC of an SRTP packet whose header (RFC 3550, 5.1; RFC 8285 for its extensions) stays inside the packet,
 *   or `undefined`. The header is not encrypted, so that this is known before any key is used.
 */
export function readSrtpSsrc(datagram: Buffer): number | undefined {
  if (datagram.length < HEADER_BYTES + TAG_BYTES) return undefined;
  const first = datagram.readUInt8(0);
  if (first >> 6 !== 2) return undefined;
  const end = datagram.length - TAG_BYTES;
  const at = HEADER_BYTES + 4 * (first & 0x0f);
  if (at > end || ((first & 0x10) !== 0 && !isExtension(datagram, at, end))) return undefined;
  return datagram.readUInt32BE(8);
}

function isExtension(datagram: Buffer, at: number, end: number): boolean {
  if (at + 4 > end) return false;
  const profile = datagram.readUInt16BE(at);
  const from = at + 4;
  const to = from + 4 * datagram.readUInt16BE(at + 2);
  if (to > end) return false;
  if (profile === ONE_BYTE_PROFILE) return areElements(datagram, from, to, false);
  return profile >> 4 !== TWO_BYTE_PROFILES || areElements(datagram, from, to, true);
}

function areElements(datagram: Buffer, from: number, to: number, twoBytes: boolean): boolean {
  let at = from;
  while (at < to) {
    const first = datagram.readUInt8(at);
    if (first === 0) at += 1;
    else if (!twoBytes) {
      if (first >> 4 === END_OF_ONE_BYTE) return true;
      at += 2 + (first & 0x0f);
    } else if (at + 2 <= to) at += 2 + datagram.readUInt8(at + 1);
    else return false;
  }
  return at === to;
}
