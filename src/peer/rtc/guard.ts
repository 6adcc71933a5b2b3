import type { RTCPeerConnection } from 'werift';
import { messageOf } from '../../base/errors.ts';
import type { MonotonicUs } from '../../base/timeline.ts';
import { prepareAssociation } from './association.ts';
import { DatagramGate } from './datagram-gate.ts';
import { ownedBy, type FaultOwner } from './fault-scope.ts';
import { Tally } from './tally.ts';

/** Why a connection cannot go on: the page broke the protocol, or something of ours failed at what it sent. */
export interface ConnectionFailure {
  readonly type: 'violation' | 'fault';
  readonly reason: string;
}

/** Between one page's traffic and the library: what passes, and what becomes of the connection when it goes wrong. */
export class Guard {
  readonly tally = new Tally();
  readonly #now: () => MonotonicUs;
  readonly #gates = new Map<string, DatagramGate>();
  readonly #owner: FaultOwner;
  #failure: ConnectionFailure | undefined;
  #onFailure: ((failure: ConnectionFailure) => void) | undefined;

  constructor(now: () => MonotonicUs) {
    this.#now = now;
    this.#owner = {
      fail: (thrown) => {
        this.#fail({ type: 'fault', reason: messageOf(thrown) });
      },
    };
  }

  /** @param onFailure - told once, also of what happened before. */
  listen(onFailure: (failure: ConnectionFailure) => void): void {
    this.#onFailure = onFailure;
    if (this.#failure !== undefined) onFailure(this.#failure);
  }

  /** What `action` begins, and fails at where nobody waits, ends this connection. */
  own<T>(action: () => T): T {
    return ownedBy(this.#owner, action);
  }

  /** To be called once the library has read an offer, each time: it may have opened more. */
  protect(peer: RTCPeerConnection): void {
    for (const transport of peer.dtlsTransports) {
      if (this.#gates.has(transport.id)) continue;
      this.#gates.set(transport.id, new DatagramGate(transport, this.tally, this.#now));
    }
    prepareAssociation(peer, this.tally, {
      onViolation: (reason) => {
        this.#fail({ type: 'violation', reason });
      },
      onFault: (thrown) => {
        this.#owner.fail(thrown);
      },
    });
  }

  /** Nothing that comes is looked at any more. */
  shut(): void {
    for (const gate of this.#gates.values()) gate.shut();
    this.#onFailure = undefined;
  }

  #fail(failure: ConnectionFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    for (const gate of this.#gates.values()) gate.shut();
    this.#onFailure?.(failure);
  }
}
