import type { RTCDtlsTransport } from 'werift';

/** More records than any handshake has, retransmitted flights included. */
const HANDSHAKE_RECORDS = 1024;

/**
 * To be called once the handshake is over. The library numbers its Finished message on from the handshake, at about 8,
 * although it opens a new epoch, and then counts that epoch's data from 1: the eighth record has a number that was used.
 * The browser drops it as a replay (RFC 6347, 4.1.2.6), and its nonce is one that AES-GCM must not see again.
 */
export function skipUsedRecordNumbers(transport: RTCDtlsTransport): void {
  const context = transport.dtls as unknown as { dtls: { recordSequenceNumber: number } } | undefined;
  if (context !== undefined) context.dtls.recordSequenceNumber += HANDSHAKE_RECORDS;
}
