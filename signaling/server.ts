import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { RateLimiterMemory } from 'rate-limiter-flexible';
import { WebSocketServer, type WebSocket } from 'ws';

import type { Clock } from '../src/base/clock.ts';
import { messageOf } from '../src/base/errors.ts';
import type { Closable } from '../src/base/lifecycle.ts';
import { Standstill } from '../src/base/standstill.ts';
import { US_PER_MS } from '../src/base/timeline.ts';
import { Avatars } from './avatars.ts';
import { Callers, randomId, type Caller } from './callers.ts';
import { Connection, PING_INTERVAL_US } from './connection.ts';
import { isOriginAllowed, visitorOf } from './origin.ts';
import {
  CLOSE,
  MAX_MESSAGE_BYTES,
  parseAvatarMessage,
  parseCallerMessage,
  PROTOCOL_VERSION,
  speaksAsAvatar,
  type CallerMessage,
} from './protocol.ts';
import type { SignalingOptions } from './options.ts';
import type { Effect } from './room-record.ts';
import { Rooms } from './room.ts';
import { MemoryRoomStore } from './store/memory.ts';
import { refuseUpgrade } from './upgrade-router.ts';
import { WithdrawnTokens } from './withdrawn-tokens.ts';

const HEARTBEAT_MS = 5000;
const FAREWELL_LIMIT_MS = 500;
const FAREWELL_POLL_MS = 10;
const HELLO_LIMIT_MS = 10_000;
/** Carries between sockets and `Rooms`. It owns no HTTP server: whoever does hands it the upgrades of its path. */
export class SignalingServer implements Closable {
  readonly #options: SignalingOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    // A larger frame closes with 1009 before it is read; a little over the limit still gets a sentence.
    maxPayload: MAX_MESSAGE_BYTES * 4,
    perMessageDeflate: false,
  });
  readonly #rooms: Rooms;
  readonly #callers: Callers;
  readonly #avatars: Avatars;
  readonly #connections = new Set<Connection>();
  readonly #withdrawn = new WithdrawnTokens();
  readonly #perAddress = new Map<string, number>();
  readonly #messageRate: RateLimiterMemory;
  readonly #watch: NodeJS.Timeout;
  readonly #standstill = new Standstill(PING_INTERVAL_US);
  #draining = false;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#rooms = new Rooms(options.store ?? new MemoryRoomStore(), options.limits);
    this.#callers = new Callers(options, this.#withdrawn);
    this.#avatars = new Avatars(options, this.#rooms, this.#withdrawn, {
      onEffects: (effects) => {
        this.#apply(effects);
      },
      onEnded: ({ peerId, code, message }) => {
        if (code === 'ENDED_BY_OPERATOR') this.#sendAway(peerId, message);
        // A caller whose socket broke before is out of its room now, and nothing else would ever forget it.
        else if (this.#callers.get(peerId)?.connection === undefined) this.#forget(peerId, 'ended');
      },
    });
    // A bucket of five seconds lets the burst of a connection set-up through.
    this.#messageRate = new RateLimiterMemory({ points: options.limits.messagesPerSecond * 5, duration: 5 });
    this.#watch = setInterval(() => {
      this.#tick();
    }, PING_INTERVAL_US / US_PER_MS);
    this.#watch.unref();
  }

  /** For gauges: what is here now. */
  get counts(): {
    readonly rooms: number;
    readonly callers: number;
    readonly avatars: number;
    readonly waiting: number;
  } {
    return {
      rooms: this.#rooms.roomCount,
      callers: this.#callers.size,
      avatars: this.#rooms.avatarCount,
      waiting: this.#rooms.waitingCount,
    };
  }

  /** Takes an HTTP upgrade of the signaling path, or refuses it with a status that says why. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { allowedOrigins, limits, log, trustProxy } = this.#options;
    const address = visitorOf(request, trustProxy);
    const refuse = (status: string, message: string): void => {
      refuseUpgrade(socket, status, { code: 'SIGNALING_REFUSED', message });
    };
    if (!isOriginAllowed(request, allowedOrigins)) {
      log.warn('signaling.refused', { reason: 'origin' });
      refuse('403 Forbidden', 'This page may not use this server');
    } else if (this.#draining) {
      refuse('503 Service Unavailable', 'The server is stopping');
    } else if ((this.#perAddress.get(address) ?? 0) >= limits.socketsPerAddress) {
      log.warn('signaling.refused', { reason: 'sockets' });
      refuse('429 Too Many Requests', 'Too many connections from one address');
    } else {
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#open(webSocket, address);
      });
    }
  }

  /** No new callers; those here keep their calls. */
  drain(): void {
    this.#draining = true;
  }

  /** Says farewell on every socket, and breaks those that do not answer it. */
  async close(reason = 'The server is stopping'): Promise<void> {
    this.#draining = true;
    clearInterval(this.#watch);
    this.#sockets.close();
    for (const connection of this.#connections) connection.close(CLOSE.draining, reason);
    for (let waited = 0; this.#connections.size > 0 && waited < FAREWELL_LIMIT_MS; waited += FAREWELL_POLL_MS) {
      await new Promise((later) => setTimeout(later, FAREWELL_POLL_MS));
    }
    for (const connection of this.#connections) connection.terminate();
  }

  #open(webSocket: WebSocket, address: string): void {
    const now = (): ReturnType<Clock['now']> => this.#options.clock.now();
    const connection = new Connection(randomId(), address, webSocket, now());
    this.#connections.add(connection);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const speaker: Speaker = { kind: 'new', caller: undefined };
    const tooLate = setTimeout(() => {
      if (speaker.kind === 'new')
        connection.fail('MESSAGE_INVALID', 'Nothing was said: begin with hello', CLOSE.silent);
    }, HELLO_LIMIT_MS);
    connection.start(
      {
        onText: async (text) => {
          try {
            await this.#hear(connection, speaker, text);
          } catch (thrown) {
            this.#options.log.error('signaling.failed', { message: messageOf(thrown) });
            connection.fail('INTERNAL', 'Something went wrong here; connect again', 1011);
          }
        },
        onClose: (code) => {
          clearTimeout(tooLate);
          this.#connections.delete(connection);
          const left = (this.#perAddress.get(address) ?? 1) - 1;
          if (left === 0) this.#perAddress.delete(address);
          else this.#perAddress.set(address, left);
          this.#closed(connection, speaker, code);
        },
      },
      now,
    );
  }

  async #hear(connection: Connection, speaker: Speaker, text: string): Promise<void> {
    if (speaker.kind === 'avatar' || (speaker.kind === 'new' && speaksAsAvatar(text))) {
      const parsed = parseAvatarMessage(text);
      if (!parsed.ok) connection.mistake('MESSAGE_INVALID', `Cannot read the message: ${parsed.problem}`);
      else if (parsed.message.type !== 'register') {
        if (speaker.kind === 'avatar') this.#avatars.hear(connection, parsed.message);
      } else if (this.#avatars.register(connection, parsed.message)) speaker.kind = 'avatar';
      return;
    }
    try {
      await this.#messageRate.consume(connection.id);
    } catch {
      connection.flooding();
      return;
    }
    const parsed = parseCallerMessage(text);
    if (parsed.ok) await this.#hearCaller(connection, speaker, parsed.message);
    else connection.mistake('MESSAGE_INVALID', `Cannot read the message: ${parsed.problem}`);
  }

  async #hearCaller(connection: Connection, speaker: Speaker, message: CallerMessage): Promise<void> {
    if (message.type === 'hello') {
      if (speaker.kind === 'new') await this.#greet(connection, speaker, message);
      else connection.mistake('MESSAGE_INVALID', 'Cannot greet twice on one socket');
      return;
    }
    const { caller } = speaker;
    if (caller === undefined) {
      connection.mistake('MESSAGE_INVALID', `Cannot take ${message.type} yet: begin with hello`);
      return;
    }
    switch (message.type) {
      case 'join':
        if (this.#draining) connection.send({ type: 'full', retryAfterS: 10 });
        else if (caller.right !== undefined && caller.right.room !== message.room) {
          connection.mistake('TOKEN_INVALID', 'The invitation is for another room');
        } else if (this.#placesTakenBy(caller) >= this.#options.limits.placesPerAddress) {
          this.#options.log.warn('signaling.refused', { reason: 'places' });
          connection.send({ type: 'full', retryAfterS: 10 });
        } else this.#apply(this.#rooms.join(caller.peerId, message));
        return;
      case 'offer':
      case 'answer':
      case 'candidate':
        this.#apply(this.#rooms.fromCaller(caller.peerId, message));
        return;
      case 'door':
        this.#apply(this.#rooms.setDoor(caller.peerId, message.state));
        return;
      case 'admit':
        this.#apply(this.#rooms.admit(caller.peerId, message.peerId, message.admitted));
        return;
      case 'remove':
        this.#apply(this.#rooms.removeMember(caller.peerId, message.peerId));
        return;
      case 'leave':
        this.#apply(this.#rooms.leave(caller.peerId, 'left'));
        return;
      case 'heartbeat':
        connection.send({ type: 'heartbeat' });
        return;
      default:
        message satisfies never;
    }
  }

  async #greet(
    connection: Connection,
    speaker: Speaker,
    hello: Extract<CallerMessage, { type: 'hello' }>,
  ): Promise<void> {
    const admitted = await this.#callers.admit(connection, hello);
    if (admitted === undefined) return;
    const { caller, isBack } = admitted;
    speaker.kind = 'caller';
    speaker.caller = caller;
    this.#options.log.debug('signaling.hello', { peerId: caller.peerId, resumed: isBack });
    connection.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      peerId: caller.peerId,
      resume: caller.resume,
      heartbeatMs: HEARTBEAT_MS,
      iceServers: this.#avatars.iceServers(caller.peerId),
      resumed: isBack,
    });
    for (const message of caller.held.splice(0)) connection.send(message);
    if (isBack) this.#apply(this.#rooms.back(caller.peerId));
  }

  #closed(connection: Connection, speaker: Speaker, code: number): void {
    if (speaker.kind === 'avatar') {
      this.#avatars.gone(connection);
      return;
    }
    // A socket that a newer one replaced speaks for nobody.
    const { caller } = speaker;
    if (caller?.connection !== connection) return;
    caller.connection = undefined;
    // 1001 is a page that was closed or reloaded, 1000 and 1005 one that hung up, 44xx one that we sent away; all else may
    // come back.
    const isFarewell = code === 1000 || code === 1001 || code === 1005 || code >= 4400;
    if (isFarewell || !this.#rooms.isMember(caller.peerId)) this.#forget(caller.peerId, 'left');
    else this.#apply(this.#rooms.away(caller.peerId, this.#options.clock.now()));
  }

  /** The caller is not welcome any more, nor is whoever shows the same invitation. */
  #sendAway(peerId: string, message: string): void {
    const caller = this.#callers.get(peerId);
    if (caller === undefined) return;
    const { right } = caller;
    if (right !== undefined) {
      this.#withdrawn.add(right, this.#options.unixTimeS());
      this.#avatars.tellWithdrawn({ tokenId: right.tokenId, expiresS: right.expiresS });
    }
    caller.connection?.fail('ENDED_BY_OPERATOR', message, CLOSE.unauthorised);
    this.#forget(peerId, 'sent away');
  }

  /** Places of other callers from the same network. */
  #placesTakenBy({ address, peerId }: Caller): number {
    const others = this.#callers.from(address).filter((each) => each.peerId !== peerId);
    return others.filter((each) => this.#rooms.isMember(each.peerId) || this.#rooms.isKnocking(each.peerId)).length;
  }

  #forget(peerId: string, reason: string): void {
    this.#apply(this.#rooms.leave(peerId, reason));
    this.#callers.forget(peerId);
  }

  #tick(): void {
    const now = this.#options.clock.now();
    const standstillUs = this.#standstill.take(now);
    for (const connection of this.#connections) connection.watch(now, standstillUs);
    const { effects, peerIds } = this.#rooms.expire(now);
    this.#apply(effects);
    for (const peerId of peerIds) this.#forget(peerId, 'did not come back');
  }

  #apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.audience === 'avatar') this.#avatars.send(effect.to, effect.message);
      else this.#callers.send(effect.to, effect.message);
    }
  }
}

/** Whoever is at the other end of a socket; decided by its first message. */
interface Speaker {
  kind: 'new' | 'caller' | 'avatar';
  caller: Caller | undefined;
}
