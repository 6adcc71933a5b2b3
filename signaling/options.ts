import type { Clock } from '../src/base/clock.ts';
import type { Logger } from '../src/base/logger.ts';
import { US_PER_S } from '../src/base/timeline.ts';
import type { RoomStore } from './room-record.ts';
import type { TurnOptions } from './turn-credentials.ts';

export interface SignalingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Unix time in seconds, for tokens and TURN credentials. */
  readonly unixTimeS: () => number;
  /** Signs room tokens; without it rooms are open to whoever reaches the socket. */
  readonly tokenSecret: string | undefined;
  /** What avatar peers must know; without it any program of this machine may register, so only loopback is served. */
  readonly peerSecret: string | undefined;
  /** Origins of pages that may connect besides the server's own, as `https://call.example`. */
  readonly allowedOrigins: readonly string[];
  /** Whether the last entry of `X-Forwarded-For` names the caller: only behind a proxy that appends it. */
  readonly trustProxy: boolean;
  readonly stunUrls: readonly string[];
  readonly turn: TurnOptions | undefined;
  readonly limits: SignalingLimits;
  readonly store?: RoomStore;
}

export interface SignalingLimits {
  readonly membersPerRoom: number;
  readonly rooms: number;
  readonly resumeWindowUs: number;
  readonly messagesPerSecond: number;
  readonly socketsPerAddress: number;
  /** Places in rooms that the callers of one network may hold at once. */
  readonly placesPerAddress: number;
}

export const DEFAULT_SIGNALING_LIMITS: SignalingLimits = {
  membersPerRoom: 4,
  rooms: 10_000,
  resumeWindowUs: 15 * US_PER_S,
  messagesPerSecond: 30,
  socketsPerAddress: 200,
  placesPerAddress: 4,
};
