import { createServer } from 'node:http';

import { systemClock } from '../src/base/clock.ts';
import { messageOf } from '../src/base/errors.ts';
import type { LogFields, Logger } from '../src/base/logger.ts';
import { signalingHttp } from './http.ts';
import { listen } from './listen.ts';
import { SignalingServer } from './server.ts';
import { readSignalingSettings } from './settings.ts';
import { routeUpgrades, SIGNALING_PATH } from './upgrade-router.ts';

/** The signaling server as a process of its own: `node dist/signaling/main.js`, see `.env.example`. */
const log = lineLogger();
// Whoever reads the log may go away; the calls go on.
process.stdout.on('error', () => undefined);
try {
  await main();
} catch (thrown) {
  log.error('signaling.cannot-start', { message: messageOf(thrown) });
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const settings = readSignalingSettings(process.env);
  const server = createServer();
  const port = await listen(server, settings.host, settings.port, (error) => {
    log.error('signaling.server-failed', { message: error.message });
  });
  const signaling = new SignalingServer({
    ...settings,
    clock: systemClock,
    log,
    unixTimeS: () => Date.now() / 1000,
  });
  server.on('request', signalingHttp({ ...settings, signaling, log }));
  const upgrades = new Map([[SIGNALING_PATH, signaling.upgrade.bind(signaling)]]);
  routeUpgrades(server, upgrades, {
    hosts: settings.hosts,
    onFailure: (thrown) => {
      log.error('signaling.upgrade-failed', { message: messageOf(thrown) });
    },
  });
  log.info('signaling.listening', { port, open: settings.tokenSecret === undefined });
  const stop = (): void => {
    void signaling.close();
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 2000).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function lineLogger(): Logger {
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      process.stdout.write(`${JSON.stringify({ level, time: Date.now(), event, ...fields })}\n`);
    };
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
