import { US_PER_MS } from '../../base/timeline.ts';

/** What the first bytes of an Opus packet say (RFC 6716, 3.1); no decoder is needed to know them. */
export interface OpusPacketShape {
  /** 2.5 to 120 ms. */
  readonly durationUs: number;
  readonly stereo: boolean;
  /** Discontinuous transmission: nothing is said, and the next packet may be 400 ms away (RFC 6716, 2.1.9). */
  readonly dtx: boolean;
}

const SILK_FRAME_US = [10_000, 20_000, 40_000, 60_000] as const;
const HYBRID_FRAME_US = [10_000, 20_000] as const;
const CELT_FRAME_US = [2_500, 5_000, 10_000, 20_000] as const;
/** RFC 6716, R2. */
const LONGEST_FRAME_BYTES = 1275;
const LONGEST_US = 120 * US_PER_MS;

/** @returns what the packet holds, or `undefined` for one that no encoder makes. */
export function readOpusShape(packet: Uint8Array): OpusPacketShape | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const frames = frameCount(toc & 3, packet[1]);
  if (frames === undefined) return undefined;
  const durationUs = frames * frameUs(toc >> 3);
  if (durationUs === 0 || durationUs > LONGEST_US) return undefined;
  // A frame without a byte is the only way to say "nothing" (RFC 6716, 3.2.1, R2).
  return { durationUs, stereo: (toc & 4) !== 0, dtx: packet.length <= (frames === 1 ? 2 : 3) };
}

/**
 * @returns whether a packet's lengths add up (RFC 6716, 3.4: R1 to R7), so that a decoder will take it. What the frames
 * hold may still be noise.
 */
export function isWellFormedOpus(packet: Uint8Array): boolean {
  if (readOpusShape(packet) === undefined) return false;
  const bytes = packet.length - 1;
  switch (packet[0]! & 3) {
    case 0:
      return bytes <= LONGEST_FRAME_BYTES;
    case 1:
      return bytes % 2 === 0 && bytes / 2 <= LONGEST_FRAME_BYTES;
    case 2: {
      const first = frameLength(packet, 1);
      if (first === undefined) return false;
      const second = packet.length - first.next - first.bytes;
      return second >= 0 && second <= LONGEST_FRAME_BYTES;
    }
    default:
      return framesFit(packet);
  }
}

/** Code 3: a count, padding, and lengths of all frames but the last where they differ. */
function framesFit(packet: Uint8Array): boolean {
  const header = packet[1] ?? 0;
  const frames = header & 63;
  let at = 2;
  let padding = 0;
  if ((header & 0x40) !== 0) {
    for (;;) {
      const byte = packet[at++];
      if (byte === undefined) return false;
      padding += byte === 255 ? 254 : byte;
      if (byte !== 255) break;
    }
  }
  let listed = 0;
  if ((header & 0x80) !== 0) {
    for (let frame = 0; frame < frames - 1; frame++) {
      const length = frameLength(packet, at);
      if (length === undefined) return false;
      listed += length.bytes;
      at = length.next;
    }
    const last = packet.length - at - padding - listed;
    return last >= 0 && last <= LONGEST_FRAME_BYTES;
  }
  const rest = packet.length - at - padding;
  return rest >= 0 && rest % frames === 0 && rest / frames <= LONGEST_FRAME_BYTES;
}

function frameLength(packet: Uint8Array, at: number): { readonly bytes: number; readonly next: number } | undefined {
  const first = packet[at];
  if (first === undefined) return undefined;
  if (first < 252) return { bytes: first, next: at + 1 };
  const second = packet[at + 1];
  return second === undefined ? undefined : { bytes: second * 4 + first, next: at + 2 };
}

function frameCount(code: number, second: number | undefined): number | undefined {
  if (code === 0) return 1;
  if (code < 3) return 2;
  return second === undefined ? undefined : second & 63;
}

function frameUs(configuration: number): number {
  if (configuration < 12) return SILK_FRAME_US[configuration & 3]!;
  if (configuration < 16) return HYBRID_FRAME_US[configuration & 1]!;
  return CELT_FRAME_US[configuration & 3]!;
}
