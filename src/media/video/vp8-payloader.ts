/** Conservative for any path: 1200 bytes of IP packet less UDP, SRTP and RTP with its extensions (RFC 8834, 4.6). */
const PAYLOAD_BYTES = 1120;
const DESCRIPTOR_BYTES = 4;

/**
 * Cuts VP8 frames into RTP payloads (RFC 7741): a descriptor with a 15-bit picture number before each piece. Pieces of a
 * frame are as equal as they can be, so the last is no straggler that a lossy link drops as cheaply as a full one.
 */
export class Vp8Payloader {
  #pictureId: number;

  /** @param firstPictureId - 0..32767; receivers want it to begin anywhere. */
  constructor(firstPictureId: number) {
    this.#pictureId = firstPictureId & 0x7fff;
  }

  /** @returns one payload per packet, the last of which carries the RTP marker. */
  push(frame: Uint8Array): Uint8Array[] {
    const count = Math.max(1, Math.ceil(frame.length / (PAYLOAD_BYTES - DESCRIPTOR_BYTES)));
    const size = Math.ceil(frame.length / count);
    const payloads: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const piece = frame.subarray(index * size, (index + 1) * size);
      const payload = new Uint8Array(DESCRIPTOR_BYTES + piece.length);
      // X is set; S marks the start of the one partition that the encoder makes.
      payload[0] = index === 0 ? 0x90 : 0x80;
      payload[1] = 0x80;
      payload[2] = 0x80 | (this.#pictureId >> 8);
      payload[3] = this.#pictureId & 0xff;
      payload.set(piece, DESCRIPTOR_BYTES);
      payloads.push(payload);
    }
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    return payloads;
  }
}
