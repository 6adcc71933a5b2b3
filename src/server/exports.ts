/** What `visavis/server` offers: a server, or the avatar peer alone, inside another program. */
export { AvatarError, type ErrorCode } from '../base/errors.ts';
export type { Logger } from '../base/logger.ts';
export { LiveAvatarPeer } from '../peer/live-avatar-peer.ts';
export { openServer, type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.ts';
