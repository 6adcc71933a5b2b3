import { setTimeout } from 'node:timers/promises';
import type { RTCDtlsTransport } from 'werift';

/** Record type "alert" (RFC 5246, A.1), and the alert itself: a warning, close_notify (7.2.1). */
const ALERT = 21;
const CLOSE_NOTIFY = Buffer.of(1, 0);
const FLUSH_MS = 5;

interface Socket {
  readonly cipher: { encryptPacket(packet: { readonly recordLayerHeader: { contentType: number } }): unknown };
  send(bytes: Buffer): Promise<void>;
}

/**
 * Tells the other side that we close. The library never does, and a browser would look for us for half a minute; it
 * knows how to encrypt a record, so its next one is made an alert.
 */
export async function sayGoodbye(transport: RTCDtlsTransport): Promise<void> {
  const socket = transport.dtls as unknown as Socket | undefined;
  if (socket === undefined || transport.state !== 'connected') return;
  const encrypt = socket.cipher.encryptPacket.bind(socket.cipher);
  socket.cipher.encryptPacket = (packet) => {
    packet.recordLayerHeader.contentType = ALERT;
    return encrypt(packet);
  };
  try {
    await socket.send(CLOSE_NOTIFY);
    // Closing right away would take the packet back from the socket.
    await setTimeout(FLUSH_MS);
  } catch {
    // The network is gone already: nobody to tell.
    return;
  } finally {
    socket.cipher.encryptPacket = encrypt;
  }
}
