import { afterEach, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '../../src/base/logger.ts';
import type { AvatarPeer } from '../../src/peer/avatar-peer.ts';
import { SignalingClient } from '../../src/peer/signaling-client.ts';

vi.setConfig({ testTimeout: 30_000 });

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it('stays with a newer server that sends a kind of message it does not know', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closing.push(() => {
    server.close();
  });
  await new Promise((listening) => server.once('listening', listening));
  let connections = 0;
  server.on('connection', (socket: WebSocket) => {
    connections++;
    socket.send('{"type":"news","of":"tomorrow"}');
    socket.send('{"type":"registered","version":1,"avatarId":"a","heartbeatMs":5000}');
  });
  const peer = { load: { capacity: 1, active: 0, lateRatio: 0 } } as unknown as AvatarPeer;
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SignalingClient({ url, secret: undefined, peer, logger: silentLogger });
  closing.push(() => {
    client.close();
  });
  client.open();
  while (!client.registered) await new Promise((later) => setTimeout(later, 20));
  await new Promise((later) => setTimeout(later, 50));
  expect([client.registered, connections]).toEqual([true, 1]);
});

it('survives a signaling server that sends rubbish, and registers when it speaks sense', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closing.push(() => {
    server.close();
  });
  await new Promise((listening) => server.once('listening', listening));
  const rubbish = ['{', Buffer.of(0, 1, 255), '{"type":"visit","peerId":{}}'];
  server.on('connection', (socket: WebSocket) => {
    const next = rubbish.shift();
    socket.send(next ?? '{"type":"registered","version":1,"avatarId":"a","heartbeatMs":5000}');
  });
  const peer = { load: { capacity: 1, active: 0, lateRatio: 0 } } as unknown as AvatarPeer;
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SignalingClient({ url, secret: undefined, peer, logger: silentLogger });
  closing.push(() => {
    client.close();
  });
  client.open();
  while (!client.registered) await new Promise((later) => setTimeout(later, 20));
  expect(rubbish).toEqual([]);
});
