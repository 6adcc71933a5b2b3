import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { AvatarError, messageOf } from '../base/errors.ts';
import { Scope } from '../base/lifecycle.ts';
import { readConfig, type Config } from './config.ts';
import type { Host } from './host.ts';
import { hangLastNet } from './last-net.ts';
import { openLogger } from './logger.ts';
import { PrometheusMeter } from './metrics.ts';
import { checkBeforeStart } from './preflight.ts';
import { openProgram } from './program.ts';

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
    const host = await openProgram({ config, log, meter, scope });
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
