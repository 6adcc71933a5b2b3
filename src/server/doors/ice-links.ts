import type { SignalingSettings } from '../../../signaling/settings.ts';
import { turnServer } from '../../../signaling/turn-credentials.ts';

/**
 * @returns `Link` headers that name the ICE servers of this installation (RFC 9725, 4.6).
 * @param id - for whom TURN credentials are made. @param nowS - Unix time in seconds.
 */
export function iceLinks(settings: SignalingSettings | undefined, id: string, nowS: number): string[] {
  if (settings === undefined) return [];
  const stun = settings.stunUrls.map((url) => `<${url}>; rel="ice-server"`);
  if (settings.turn === undefined) return stun;
  const { urls, username, credential } = turnServer(settings.turn, id, nowS);
  const login = `username="${username ?? ''}"; credential="${credential ?? ''}"; credential-type="password"`;
  return [...stun, ...[urls].flat().map((url) => `<${url}>; rel="ice-server"; ${login}`)];
}
