const HEADER_BYTES = 4;
/** A browser's compound has three or four. */
const MOST_PACKETS = 16;
/** More than the packets that are kept to be sent again, 17 to an entry. */
const MOST_NACK_ENTRIES = 64;
const MOST_FIR_ENTRIES = 16;
const REPORT_BYTES = 24;
const SENDER_INFO_BYTES = 24;
const REMB = 0x52454d42;

/**
 * Takes a decrypted compound (RFC 3550, 6.1) apart. The library reads each packet on to the end of the datagram, so that
 * one of 60 kB costs it seconds; one packet at a time has an end.
 * @returns the packets that we listen to, each well-formed; `undefined` where the compound is none.
 */
export function splitRtcp(compound: Buffer): Buffer[] | undefined {
  const packets: Buffer[] = [];
  let count = 0;
  for (let at = 0; at < compound.length;) {
    if (at + HEADER_BYTES > compound.length || count++ === MOST_PACKETS) return undefined;
    const first = compound.readUInt8(at);
    const next = at + HEADER_BYTES + 4 * compound.readUInt16BE(at + 2);
    if (first >> 6 !== 2 || next > compound.length) return undefined;
    const isPadded = (first & 0x20) !== 0;
    // Only the last of a compound is padded (RFC 3550, 6.4.1).
    if (isPadded && next !== compound.length) return undefined;
    const padding = isPadded ? compound.readUInt8(next - 1) : 0;
    if (isPadded && (padding === 0 || padding % 4 !== 0 || padding > next - at - HEADER_BYTES)) return undefined;
    const packet = compound.subarray(at, next - padding);
    const interest = interestIn(packet);
    if (interest === 'malformed') return undefined;
    if (interest === 'read') packets.push(padding === 0 ? packet : withoutPadding(packet));
    at = next;
  }
  return count === 0 ? undefined : packets;
}

/** Reports, generic NACKs, PLI, FIR and REMB are read; all else passes by. */
function interestIn(packet: Buffer): 'read' | 'ignored' | 'malformed' {
  const count = packet.readUInt8(0) & 0x1f;
  const body = packet.length - HEADER_BYTES;
  const read = (isWhole: boolean) => (isWhole ? 'read' : 'malformed');
  switch (packet.readUInt8(1)) {
    case 200:
      return read(body >= SENDER_INFO_BYTES + REPORT_BYTES * count);
    case 201:
      return read(body >= 4 + REPORT_BYTES * count);
    case 205:
      return count === 1 ? read(body >= 12 && body <= 8 + 4 * MOST_NACK_ENTRIES) : 'ignored';
    case 206:
      if (count === 1) return read(body === 8);
      if (count === 4) return read(body >= 16 && body % 8 === 0 && body <= 8 + 8 * MOST_FIR_ENTRIES);
      if (count === 15 && body >= 16 && packet.readUInt32BE(12) === REMB) {
        return read(body === 16 + 4 * packet.readUInt8(16));
      }
      return 'ignored';
    default:
      return 'ignored';
  }
}

function withoutPadding(packet: Buffer): Buffer {
  const bare = Buffer.from(packet);
  bare.writeUInt8(bare.readUInt8(0) & ~0x20, 0);
  bare.writeUInt16BE(bare.length / 4 - 1, 2);
  return bare;
}
