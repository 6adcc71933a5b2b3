import { sealSctpPacket } from '../../../src/peer/rtc/wire/sctp-packet.ts';
import type { Page } from './page.ts';

interface Association {
  readonly remoteVerificationTag: number;
  readonly localTsn: number;
  readonly lastReceivedTsn: number;
  send(streamId: number, payloadType: number, message: Buffer): Promise<void>;
  receive: () => void;
}

/** The page's end of the association, with all that it knows. */
export function associationOf(page: Page): Association {
  return page.peer.sctpTransport?.sctp as unknown as Association;
}

/** An SCTP packet that belongs to the page's association, whatever its chunks. */
export function packetOf(page: Page, ...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(5000, 0);
  header.writeUInt16BE(5000, 2);
  header.writeUInt32BE(associationOf(page).remoteVerificationTag, 4);
  return sealSctpPacket(Buffer.concat([header, ...chunks]));
}

/** @param value - padded here. */
export function chunkOf(type: number, value: Buffer, flags = 0): Buffer {
  const chunk = Buffer.alloc((value.length + 7) & ~3);
  chunk.writeUInt8(type, 0);
  chunk.writeUInt8(flags, 1);
  chunk.writeUInt16BE(value.length + 4, 2);
  value.copy(chunk, 4);
  return chunk;
}

/** One piece of a message; @param flags - 3 for a whole one, 2 for the first of several. */
export function dataOf(tsn: number, streamId: number, text: string, flags: number): Buffer {
  const value = Buffer.alloc(12 + text.length);
  value.writeUInt32BE(tsn >>> 0, 0);
  value.writeUInt16BE(streamId, 4);
  value.writeUInt32BE(51, 8);
  value.write(text, 12);
  return chunkOf(0, value, flags);
}

/** Sends a packet past the page's own library. */
export async function sendSctp(page: Page, packet: Buffer): Promise<void> {
  await page.peer.dtlsTransports[0]?.sendData(packet);
}
