import type { SignalingSettings } from '../../../signaling/settings.ts';
import { turnServer } from '../../../signaling/turn-credentials.ts';

interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/**
 * @returns the ICE servers of this installation, as `RTCPeerConnection` takes them.
 * @param id - for whom TURN credentials are made. @param nowS - Unix time in seconds.
 */
export function iceServers(settings: SignalingSettings | undefined, id: string, nowS: number): IceServer[] {
  if (settings === undefined) return [];
  const stun = settings.stunUrls.length > 0 ? [{ urls: settings.stunUrls }] : [];
  return settings.turn === undefined ? stun : [...stun, turnServer(settings.turn, id, nowS)];
}

/** @returns the same as `Link` headers (RFC 9725, 4.6). */
export function iceLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const login =
      username === undefined
        ? ''
        : `; username="${username}"; credential="${credential ?? ''}"; credential-type="password"`;
    return urls.map((url) => `<${url}>; rel="ice-server"${login}`);
  });
}
