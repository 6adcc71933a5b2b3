import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { messageOf } from '../src/base/errors.ts';
import type { Logger } from '../src/base/logger.ts';
import { isFromThisMachine, isHostAllowed, type HostRules } from './origin.ts';
import { bearerOf, isSameSecret } from './secret.ts';
import type { SignalingServer } from './server.ts';
import { pathOf } from './upgrade-router.ts';

export interface SignalingHttpOptions {
  readonly signaling: Pick<SignalingServer, 'counts'>;
  readonly hosts: HostRules;
  /** Shows the figures to whoever has it, beside programs of this machine. */
  readonly operatorKey: string | undefined;
  readonly trustProxy: boolean;
  readonly log: Logger;
}

/** The plain HTTP side of a signaling server that is a process of its own: its health and its figures. */
export function signalingHttp(options: SignalingHttpOptions): RequestListener {
  return (request, response) => {
    try {
      answer(request, response, options);
    } catch (thrown) {
      options.log.error('signaling.http-failed', { message: messageOf(thrown) });
      response.destroy();
    }
  };
}

function answer(request: IncomingMessage, response: ServerResponse, options: SignalingHttpOptions): void {
  if (!isHostAllowed(request, options.hosts)) {
    fail(response, 403, 'HOST_REFUSED', 'This server has another name');
    return;
  }
  switch (pathOf(request)) {
    case '/healthz':
    case '/readyz':
      send(response, 200, 'application/json', JSON.stringify({ status: 'ok' }));
      return;
    case '/metrics':
      if (mayReadFigures(request, options)) {
        send(response, 200, 'text/plain; version=0.0.4', exposition(options.signaling.counts));
      } else fail(response, 403, 'SIGNALING_REFUSED', 'This is for the operator: show the operator key');
      return;
    default:
      fail(response, 404, 'NOT_FOUND', 'There is no such page');
  }
}

function mayReadFigures(request: IncomingMessage, { operatorKey, trustProxy }: SignalingHttpOptions): boolean {
  if (operatorKey !== undefined && isSameSecret(operatorKey, bearerOf(request.headers) ?? '')) return true;
  return !trustProxy && isFromThisMachine(request);
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, 'application/json', JSON.stringify({ error: { code, message } }));
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
