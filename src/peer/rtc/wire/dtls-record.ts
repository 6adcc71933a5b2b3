/** Content types of DTLS records (RFC 5246, A.1). */
export const RECORD_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** One record (RFC 6347, 4.1) inside a datagram. */
export interface DtlsRecord {
  readonly type: number;
  /** 0 is plaintext; all later ones are encrypted. */
  readonly epoch: number;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

const HEADER_BYTES = 13;
/** DTLS 1.0 and 1.2; hellos carry the older. */
const VERSIONS: readonly number[] = [0xfeff, 0xfefd];
/** What AES-128-GCM adds to each record: the explicit nonce and the tag (RFC 5288, 3). */
const AEAD_BYTES = 24;
/** A whole flight of a browser is six. */
const MOST_RECORDS = 16;

/** @returns the records of a datagram, or `undefined` where any of them is not one. */
export function readDtlsRecords(datagram: Buffer): DtlsRecord[] | undefined {
  const records: DtlsRecord[] = [];
  for (let start = 0; start < datagram.length;) {
    const bodyStart = start + HEADER_BYTES;
    if (bodyStart > datagram.length || records.length === MOST_RECORDS) return undefined;
    const type = datagram.readUInt8(start);
    const epoch = datagram.readUInt16BE(start + 3);
    const length = datagram.readUInt16BE(start + 11);
    const end = bodyStart + length;
    if (type < RECORD_TYPE.changeCipherSpec || type > RECORD_TYPE.applicationData) return undefined;
    if (!VERSIONS.includes(datagram.readUInt16BE(start + 1)) || end > datagram.length) return undefined;
    // The library has one set of keys, so that there is no epoch after the first.
    if (epoch > 1 || length < (epoch === 0 ? 1 : AEAD_BYTES)) return undefined;
    records.push({ type, epoch, start, bodyStart, end });
    start = end;
  }
  return records.length === 0 ? undefined : records;
}
