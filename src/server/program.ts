import { availableParallelism } from 'node:os';
import type { Express } from 'express';

import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Scope } from '../base/lifecycle.ts';
import { EnrolClient } from '../native/worker/enrol-client.ts';
import { InferenceWorker } from '../native/worker/inference-worker.ts';
import { LastingInference } from '../native/worker/lasting-inference.ts';
import { RenderPool } from '../native/worker/render-pool.ts';
import { LiveAvatarPeer } from '../peer/live-avatar-peer.ts';
import type { Config } from './config.ts';
import { doorsExtension } from './doors-extension.ts';
import { allOf } from './extension.ts';
import { Host } from './host.ts';
import { liveKitExtension } from './livekit-extension.ts';
import type { PrometheusMeter } from './metrics.ts';
import { openOperatorKeys } from './operator-keys.ts';
import { packageFolder } from './package-folder.ts';
import { packageVersion } from './package-version.ts';
import { operatorKeysPath, speechExtension } from './speech-extension.ts';

export interface ProgramOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly meter: PrometheusMeter;
  /** Owns all that is opened. */
  readonly scope: Scope;
  /** An application whose routes are asked first. */
  readonly app?: Express | undefined;
}

/** Opens all parts of the server: networks, renderers, enrolment, HTTP, signaling and the avatar peer. */
export async function openProgram({ config, log, meter, scope, app }: ProgramOptions): Promise<Host> {
  const motion = await LastingInference.open({
    open: () => InferenceWorker.open({ folder: config.motionBundle, precision: 'int8' }),
    onCrash: () => {
      log.error('inference.crashed');
    },
  });
  const renderers = RenderPool.open({ threads: Math.max(1, Math.min(config.capacity, availableParallelism())) });
  scope.own(motion);
  scope.own(renderers);
  const enroller = scope.own(new EnrolClient());
  const { badge, capacity, rtc, trustProxy } = config;
  const keys = await openOperatorKeys(operatorKeysPath(config.dataDir));
  return scope.own(
    await Host.open({
      config,
      clock: systemClock,
      log,
      meter,
      enroller,
      root: packageFolder(),
      ...(app === undefined ? {} : { app }),
      openPeer: (avatars, onEvent) =>
        LiveAvatarPeer.open({
          motion,
          renderers,
          avatars,
          capacity,
          rtc,
          badge,
          watermarkKey: keys.watermarkKey,
          clock: systemClock,
          logger: log,
          meter,
          onEvent,
        }),
      extend: allOf(
        speechExtension({ settings: config.speech, keys, trustProxy, clock: systemClock, logger: log, meter }),
        doorsExtension({ clock: systemClock, logger: log, meter }),
        liveKitExtension({ settings: config.liveKit, version: packageVersion(), clock: systemClock, logger: log }),
      ),
    }),
  );
}
