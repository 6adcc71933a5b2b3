import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { messageOf } from '../src/base/errors.ts';
import type { Logger } from '../src/base/logger.ts';
import type { SignalingServer } from './server.ts';
import { pathOf } from './upgrade-router.ts';

export interface SignalingHttpOptions {
  readonly signaling: Pick<SignalingServer, 'counts'>;
  readonly log: Logger;
}

/** The plain HTTP side of a signaling server that is a process of its own: its health and its figures. */
export function signalingHttp({ signaling, log }: SignalingHttpOptions): RequestListener {
  return (request, response) => {
    try {
      answer(request, response, signaling);
    } catch (thrown) {
      log.error('signaling.http-failed', { message: messageOf(thrown) });
      response.destroy();
    }
  };
}

function answer(request: IncomingMessage, response: ServerResponse, signaling: Pick<SignalingServer, 'counts'>): void {
  switch (pathOf(request)) {
    case '/healthz':
    case '/readyz':
      send(response, 200, 'application/json', JSON.stringify({ status: 'ok' }));
      return;
    case '/metrics':
      send(response, 200, 'text/plain; version=0.0.4', exposition(signaling.counts));
      return;
    default:
      send(response, 404, 'application/json', JSON.stringify({ error: { code: 'NOT_FOUND', message: 'Not found' } }));
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
}

/** Prometheus text by hand: four gauges do not need a library. */
function exposition(counts: SignalingServer['counts']): string {
  return Object.entries(counts)
    .map(([name, value]) => `# TYPE signaling_${name} gauge\nsignaling_${name} ${value}\n`)
    .join('');
}
