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
