import type { ToAvatar } from '../../protocol/signaling.ts';

/** What each kind of message has in it, besides its type; `candidate` may also be null. */
const TEXTS: Readonly<Record<ToAvatar['type'], readonly string[]>> = {
  registered: ['avatarId'],
  visit: ['peerId', 'room', 'name', 'portrait', 'alias', 'sdp'],
  offer: ['peerId', 'sdp'],
  answer: ['peerId', 'sdp'],
  candidate: ['peerId'],
  gone: ['peerId', 'reason'],
  withdrawn: ['tokenId'],
  error: ['code', 'message'],
  heartbeat: [],
};

/**
 * @returns the message of a signaling server; `unknown` for one of a kind that only newer servers send, which changes
 * nothing; `undefined` for text that is no message.
 */
export function readServerMessage(text: string): ToAvatar | 'unknown' | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const message = parsed as Readonly<Record<string, unknown>>;
  const { type } = message;
  if (typeof type !== 'string') return undefined;
  if (!Object.hasOwn(TEXTS, type)) return 'unknown';
  const texts = TEXTS[type as ToAvatar['type']];
  if (!texts.every((key) => typeof message[key] === 'string')) return undefined;
  if (type === 'withdrawn' && typeof message['expiresS'] !== 'number') return undefined;
  if (type === 'candidate' && typeof message['candidate'] !== 'object') return undefined;
  return message as unknown as ToAvatar;
}
