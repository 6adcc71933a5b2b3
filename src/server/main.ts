import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { systemClock } from '../base/clock.ts';
import { AvatarError, messageOf } from '../base/errors.ts';
import { Scope } from '../base/lifecycle.ts';
import { EnrolClient } from '../native/worker/enrol-client.ts';
import { InferenceWorker } from '../native/worker/inference-worker.ts';
import { LastingInference } from '../native/worker/lasting-inference.ts';
import { RenderPool } from '../native/worker/render-pool.ts';
import { LiveAvatarPeer } from '../peer/live-avatar-peer.ts';
import { readConfig, type Config } from './config.ts';
import { doorsExtension } from './doors-extension.ts';
import { allOf } from './extension.ts';
import { Host } from './host.ts';
import { hangLastNet } from './last-net.ts';
import { openLogger } from './logger.ts';
import { PrometheusMeter } from './metrics.ts';
import { openOperatorKeys } from './operator-keys.ts';
import { packageFolder } from './package-folder.ts';
import { checkBeforeStart } from './preflight.ts';
import { operatorKeysPath, speechExtension } from './speech-extension.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The server: `npm start`. Settings come from the environment, see `.env.example`. */
await main();

async function main(): Promise<void> {
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (thrown) {
    if (!(thrown instanceof AvatarError)) throw thrown;
    process.stderr.write(`visavis: ${thrown.message}\n`);
    process.exitCode = 1;
    return;
  }
  const log = openLogger(config.logLevel);
  const meter = new PrometheusMeter();
  hangLastNet(log, meter);
  warnOfFormerData(config, log);
  const scope = new Scope();
  try {
    await checkBeforeStart(config);
    const host = await open(config, log, meter, scope);
    stopOnSignals(host, scope, config.drainS, log);
    process.stdout.write(`Visavis: ${host.url}\n`);
    await host.whenReady();
    log.info('process.ready', { capacity: config.capacity });
  } catch (thrown) {
    log.error('process.cannot-start', { message: messageOf(thrown) });
    process.stderr.write(`visavis: ${messageOf(thrown)}\n`);
    await scope.close('could not start').catch(() => undefined);
    // Threads and timers of libraries would keep a process that serves nobody for half a minute.
    process.exit(1);
  }
}

async function open(
  config: Config,
  log: ReturnType<typeof openLogger>,
  meter: PrometheusMeter,
  scope: Scope,
): Promise<Host> {
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
      ),
    }),
  );
}

/** The first signal drains, the second stops at once. */
function stopOnSignals(host: Host, scope: Scope, drainS: number, log: ReturnType<typeof openLogger>): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      // As if nobody had listened: process.exit() while a network runs would abort the process and dump its memory.
      for (const each of STOP_SIGNALS) process.removeListener(each, stop);
      process.kill(process.pid, signal);
      return;
    }
    isStopping = true;
    void (async () => {
      log.info('process.stopping', { signal });
      await host.drain(drainS);
      await scope.close('The server is stopping').catch((thrown: unknown) => {
        log.error('process.close-failed', { message: messageOf(thrown) });
      });
      log.info('process.stopped');
      // Threads of libraries may outlive their last use.
      process.exit(0);
    })();
  };
  for (const each of STOP_SIGNALS) process.on(each, stop);
}

/** Keys and portraits were kept in `var` of the working folder before they got a place of their own. */
function warnOfFormerData(config: Config, log: ReturnType<typeof openLogger>): void {
  const former = resolve('var');
  if (former === config.dataDir || !existsSync(join(former, 'keys.json'))) return;
  log.warn('data.former-folder', {
    former,
    inUse: config.dataDir,
    advice: 'set VISAVIS_DATA_DIR=var to go on using it',
  });
}
