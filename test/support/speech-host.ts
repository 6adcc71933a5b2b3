import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { systemClock } from '../../src/base/clock.ts';
import { Scope } from '../../src/base/lifecycle.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { ControlMessage } from '../../protocol/control.ts';
import { aidMessageSchema, type AidMessage } from '../../protocol/speech.ts';
import type { AvatarPeer, Participant, PeerEvent } from '../../src/peer/avatar-peer.ts';
import type { Extension, HostParts } from '../../src/server/host.ts';
import { failureHandler } from '../../src/server/http/failure.ts';
import { routeUpgrades } from '../../signaling/upgrade-router.ts';

/** A participant without media: counts what is spoken, and keeps what pages are told and what the avatar is asked. */
export class SilentParticipant implements Participant {
  readonly participantId: string;
  readonly name: string;
  readonly roomId = 'room';
  readonly portraitId = 'astronaut';
  talking = false;
  readonly controls: ControlMessage[] = [];
  readonly sent: AidMessage[] = [];
  readonly shown: AidMessage[] = [];
  packets = 0;
  readonly spokenUs = 0;
  stops = 0;
  readonly #room: ReadonlyMap<string, SilentParticipant>;
  #heardUntil = 0;

  /** @param room - whose pages are told what is said to all; alone without one. */
  constructor(participantId: string, room?: ReadonlyMap<string, SilentParticipant>) {
    this.participantId = participantId;
    this.name = participantId;
    this.#room = room ?? new Map([[participantId, this]]);
  }

  speak(packets: readonly Uint8Array[]): number {
    const now = systemClock.now();
    const at = Math.max(now + 1000, this.#heardUntil);
    this.#heardUntil = at + packets.length * 20_000;
    this.packets += packets.length;
    return at - now;
  }

  soundTimeMs(delayUs: number): number {
    return delayUs / 1000;
  }

  stopSpeaking(): number {
    this.stops++;
    this.#heardUntil = 0;
    return 0;
  }

  control(message: ControlMessage): void {
    this.controls.push(message);
  }

  send(message: object): void {
    this.sent.push(aidMessageSchema.parse(message));
  }

  broadcast(message: object): void {
    for (const participant of this.#room.values()) participant.shown.push(aidMessageSchema.parse(message));
  }

  states(): string[] {
    return this.sent.flatMap((message) => (message.type === 'speech-state' ? [message.state] : []));
  }

  notices(): string[] {
    return this.sent.flatMap((message) => (message.type === 'speech-notice' ? [message.notice] : []));
  }

  captions(): (AidMessage & { type: 'caption' })[] {
    return this.shown.filter((message) => message.type === 'caption');
  }

  provenance(): (AidMessage & { type: 'provenance' })[] {
    return [...this.sent, ...this.shown].filter((message) => message.type === 'provenance');
  }
}

export interface SpeechHost extends AsyncDisposable {
  readonly url: string;
  join(participantId: string): Promise<{ readonly outlet: SilentParticipant; readonly token: string }>;
  leave(participantId: string): Promise<void>;
  push(event: PeerEvent): void;
}

/** HTTP and WebSocket of an extension on port 0, in a room of silent participants. */
export async function openSpeechHost(extend: (host: HostParts) => Promise<Extension>): Promise<SpeechHost> {
  const room = new Map<string, SilentParticipant>();
  const scope = new Scope();
  const record = {
    sha256: 'ab'.repeat(32),
    consent: { scope: 'live-call', text: 'I am the person shown', time: '2026-01-01T00:00:00Z' },
  };
  const parts: HostParts = {
    access: undefined as unknown as HostParts['access'],
    pageFolder: '',
    config: undefined as unknown as HostParts['config'],
    peer: { participant: (id: string) => room.get(id) } as unknown as AvatarPeer,
    portraits: { record: () => record } as unknown as HostParts['portraits'],
    scope,
  };
  const extension = await extend(parts);
  const app = express();
  extension.routes?.(app);
  app.use(failureHandler(silentLogger));
  const server = createServer(app);
  routeUpgrades(server, extension.upgrades ?? new Map(), {
    hosts: { names: [], onlyLoopback: true },
    onFailure: (thrown) => {
      throw thrown;
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const push = (event: PeerEvent): void => {
    extension.onPeerEvent?.(event);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    push,
    async join(participantId) {
      const outlet = new SilentParticipant(participantId, room);
      room.set(participantId, outlet);
      push({ type: 'joined', roomId: 'room', participantId });
      push({ type: 'live', roomId: 'room', participantId, connectUs: 1 });
      const welcome = outlet.sent.find((message) => message.type === 'speech-welcome');
      return { outlet, token: welcome?.token ?? '' };
    },
    async leave(participantId) {
      room.delete(participantId);
      push({ type: 'left', roomId: 'room', participantId, reason: 'gone' });
    },
    [Symbol.asyncDispose]: async () => {
      await scope.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
