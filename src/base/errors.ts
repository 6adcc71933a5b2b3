/** Every failure a caller can act on has one of these codes; add a code here before throwing it. */
export const ERROR_CODES = [
  'AUDIO_EMPTY',
  'AUDIO_UNREADABLE',
  'AVATAR_CORRUPT',
  'AVATAR_FOREIGN',
  'AVATAR_TOO_LARGE',
  'AVATAR_VERSION',
  'BATCH_FAILED',
  'BATCH_INVALID',
  'BUNDLE_DIGEST_MISMATCH',
  'BUNDLE_FOREIGN',
  'BUNDLE_INCOMPLETE',
  'BUNDLE_SHAPE_MISMATCH',
  'CAPACITY_FULL',
  'CODEC_FAILED',
  'CONFIG_INVALID',
  'CONSENT_MISSING',
  'CONTROL_INVALID',
  'FACE_AMBIGUOUS',
  'FACE_COVERED',
  'FACE_NOT_FOUND',
  'FACE_TOO_DARK',
  'FACE_TOO_SMALL',
  'FACE_TURNED_AWAY',
  'IMAGE_TOO_LARGE',
  'IMAGE_UNREADABLE',
  'MOTION_UNREADABLE',
  'NOBODY_LIVE',
  'OUTPUT_EXISTS',
  'OUTPUT_FAILED',
  'PORTRAIT_BLOCKED',
  'PORTRAIT_PRIVATE',
  'PORTRAIT_UNKNOWN',
  'QUOTA_EXCEEDED',
  'ROOM_FULL',
  'LIVEKIT_FAILED',
  'SDP_UNUSABLE',
  'SESSIONS_TOO_MANY',
  'SESSION_UNKNOWN',
  'SIGNALING_REFUSED',
  'SPEECH_FAILED',
  'STORAGE_FAILED',
  'TARGET_REFUSED',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'VIEWERS_TOO_MANY',
  'WORKER_CRASHED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A failure that the caller can act on. The message names the attempt, then what was found and what was expected.
 * Bugs are `assert`ed instead, and loss, lateness or rubbish on the wire is counted, never thrown.
 */
export class AvatarError extends Error {
  override readonly name = 'AvatarError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws Error when an invariant of our own broke: the session closes, the process lives. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`Invariant broke: ${invariant}`);
}

/** @returns the message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
