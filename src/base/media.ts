import type { MediaTimeUs } from './timeline.ts';

/** One Opus packet from RTP. `data` is owned by the receiver; `rtpTimestamp` ticks at 48 kHz and wraps at 2^32. */
export interface AudioPacket {
  readonly sequenceNumber: number;
  readonly rtpTimestamp: number;
  readonly data: Uint8Array;
}

/** A span of mono sound in -1..1 on the session's media timeline. */
export interface AudioChunk {
  readonly startUs: MediaTimeUs;
  readonly sampleRateHz: number;
  readonly samples: Float32Array;
  /** Whether the span was heard, or made up for packets that never came. */
  readonly concealed: boolean;
}

/** One frame of motion, laid out as `media/motion-space.ts` says. */
export interface MotionFrame {
  readonly timeUs: MediaTimeUs;
  readonly motion: Float32Array;
}

/** One encoded picture. */
export interface EncodedFrame {
  readonly timeUs: MediaTimeUs;
  readonly data: Uint8Array;
  readonly keyframe: boolean;
}
