import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_SIGNALING_LIMITS, type SignalingOptions } from '../../../signaling/options.ts';
import { SignalingServer } from '../../../signaling/server.ts';
import { routeUpgrades } from '../../../signaling/upgrade-router.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { TestSocket } from '../../support/test-socket.ts';

export const SDP = 'v=0\r\n';
export const JOIN = { type: 'join', room: 'tea', portrait: 'astronaut', sdp: SDP };
export const HELLO = { type: 'hello', version: 1 };

const opened: (() => unknown)[] = [];

/** After each test: servers and sockets. */
export function closeAll(): void {
  for (const close of opened.splice(0).reverse()) close();
}

export async function serve(
  options: Partial<SignalingOptions> = {},
): Promise<{ url: string; signaling: SignalingServer }> {
  const signaling = new SignalingServer({
    clock: systemClock,
    log: silentLogger,
    unixTimeS: () => Date.now() / 1000,
    tokenSecret: undefined,
    peerSecret: undefined,
    allowedOrigins: [],
    trustProxy: false,
    stunUrls: [],
    turn: undefined,
    limits: DEFAULT_SIGNALING_LIMITS,
    ...options,
  });
  const http: Server = createServer();
  routeUpgrades(http, new Map([['/', signaling.upgrade.bind(signaling)]]), {
    hosts: { names: [], onlyLoopback: true },
    onFailure: (thrown) => {
      throw thrown;
    },
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  opened.push(
    () => http.close(),
    () => {
      void signaling.close();
    },
  );
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`, signaling };
}

export async function connect(url: string, ...messages: object[]): Promise<TestSocket> {
  const socket = await TestSocket.open(url);
  opened.push(() => {
    socket.close();
  });
  for (const message of messages) socket.send(message);
  return socket;
}

export async function avatar(url: string, capacity = 5, secret?: string): Promise<TestSocket> {
  const socket = await connect(url, { type: 'register', version: 1, capacity, active: 0, secret });
  await socket.next('registered');
  return socket;
}
