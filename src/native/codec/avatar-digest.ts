import { createHash } from 'node:crypto';

/**
 * @param avatar - an avatar file; only read.
 * @returns a name for what is in it: memory that threads share is a new object in each message, so its place says nothing.
 */
export function avatarDigest(avatar: Uint8Array): string {
  return createHash('sha256').update(avatar).digest('hex');
}
