import type { Clock } from '../base/clock.ts';
import { AvatarError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { Entry } from './doors/entry.ts';
import type { Extension, HostParts } from './host.ts';
import { LiveKitAvatar } from './livekit/livekit-avatar.ts';
import type { LiveKitSettings } from './livekit/livekit-settings.ts';
import { PluginRoutes } from './livekit/plugin-routes.ts';
import { Worker } from './livekit/worker.ts';

export interface LiveKitExtensionOptions {
  /** Nothing where the process works for no LiveKit server. */
  readonly settings: LiveKitSettings | undefined;
  /** Of the program. */
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Lets a host take jobs of a LiveKit server: each is an avatar in one of its rooms. `docs/livekit.md` describes it. */
export function liveKitExtension(options: LiveKitExtensionOptions): (host: HostParts) => Promise<Extension> {
  return async ({ access, config, peer, portraits, scope }) => {
    const { settings, version, clock, logger } = options;
    if (settings === undefined) return {};
    const worker = new Worker({
      ...settings,
      version,
      logger,
      load: () => peer.load,
      open: ({ portrait, url, token, onEnd }) => {
        const portraitId = portrait ?? portraits.first;
        if (portraitId === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', 'This server has no portrait yet');
        return LiveKitAvatar.open({ peer, clock, logger, url, token, portraitId, onEnd });
      },
    });
    scope.own(worker);
    const plugins = scope.own(
      new PluginRoutes({
        entry: new Entry(access, config.signaling?.allowedOrigins ?? []),
        url: settings.url,
        open: (request) => LiveKitAvatar.open({ peer, clock, logger, ...request }),
        trustProxy: config.trustProxy,
        logger,
      }),
    );
    return {
      routes: (app) => {
        app.use('/livekit', plugins.router);
      },
      drain: () => {
        worker.drain();
      },
    };
  };
}
