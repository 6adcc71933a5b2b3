import { createServer } from 'node:http';

import { systemClock } from '../src/base/clock.ts';
import { messageOf } from '../src/base/errors.ts';
import type { LogFields, Logger } from '../src/base/logger.ts';
import { readSignalingSettings } from './settings.ts';
import { SignalingServer } from './server.ts';

/** The signaling server as a process of its own: `node dist/signaling/main.js`, see `.env.example`. */
const log = lineLogger();
try {
  const settings = readSignalingSettings(process.env);
  const signaling = new SignalingServer({
    ...settings,
    clock: systemClock,
    log,
    unixTimeS: () => Date.now() / 1000,
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const isHealth = pathname === '/healthz' || pathname === '/readyz';
    response.setHeader('content-type', pathname === '/metrics' ? 'text/plain; version=0.0.4' : 'application/json');
    response.statusCode = isHealth || pathname === '/metrics' ? 200 : 404;
    if (pathname === '/metrics') response.end(exposition(signaling));
    else response.end(JSON.stringify(isHealth ? { status: 'ok', ...signaling.counts } : { error: 'not found' }));
  });
  server.on('upgrade', (request, socket, head) => {
    signaling.upgrade(request, socket, head);
  });
  server.listen(settings.port, settings.host, () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    log.info('signaling.listening', { port, open: settings.tokenSecret === undefined });
  });
  const stop = (): void => {
    void signaling.close();
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 2000).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (thrown) {
  log.error('signaling.cannot-start', { message: messageOf(thrown) });
  process.exitCode = 1;
}

/** Prometheus text by hand: four gauges do not need a library. */
function exposition(signaling: SignalingServer): string {
  return Object.entries(signaling.counts)
    .map(([name, value]) => `# TYPE signaling_${name} gauge\nsignaling_${name} ${value}\n`)
    .join('');
}

function lineLogger(): Logger {
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      process.stdout.write(`${JSON.stringify({ level, time: Date.now(), event, ...fields })}\n`);
    };
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
