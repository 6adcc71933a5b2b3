import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { IceServer } from '../../../protocol/signaling.ts';
import { messageOf } from '../../base/errors.ts';

/** STUN and TURN message types and attributes (RFC 8489, RFC 8656). */
const ALLOCATE = 0x0003;
const ALLOCATE_SUCCESS = 0x0103;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const REALM = 0x0014;
const NONCE = 0x0015;
const REQUESTED_TRANSPORT = 0x0019;
const UDP = 17;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const WAIT_MS = 3000;

interface TurnAddress {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
}

interface StunMessage {
  readonly type: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

type Attribute = readonly [type: number, value: Buffer];

/** @returns what is wrong with a TURN server, or nothing once it has given us a relay with these credentials. */
export async function turnProblem(url: string, { username, credential }: IceServer): Promise<string | undefined> {
  const address = parseTurnUrl(url);
  if (address === undefined) return 'it is no turn: or turns: address';
  if (username === undefined || credential === undefined) return 'it has no credentials';
  try {
    await using exchange = await Exchange.open(address);
    const transport: Attribute = [REQUESTED_TRANSPORT, Buffer.from([UDP, 0, 0, 0])];
    const challenge = await exchange.ask([transport]);
    if (challenge.type === ALLOCATE_SUCCESS) return 'it relays for anybody, without credentials';
    const realm = challenge.attributes.get(REALM);
    const nonce = challenge.attributes.get(NONCE);
    if (realm === undefined || nonce === undefined) return `it answers ${errorOf(challenge)}`;
    const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest();
    const named: Attribute[] = [transport, [USERNAME, Buffer.from(username)], [REALM, realm], [NONCE, nonce]];
    const answer = await exchange.ask(named, key);
    if (answer.type === ALLOCATE_SUCCESS) return undefined;
    return `it refuses these credentials (${errorOf(answer)}); is VISAVIS_TURN_SECRET its static-auth-secret?`;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** @returns the parts of `turn:host:port?transport=udp` (RFC 7065). */
export function parseTurnUrl(url: string): TurnAddress | undefined {
  const match = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url);
  if (match === null) return undefined;
  const [, scheme, host = '', port, transport = 'udp'] = match;
  const secure = scheme === 'turns';
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (secure ? 5349 : 3478)),
    transport: secure ? 'tls' : (transport as 'udp' | 'tcp'),
  };
}

/** One socket to the server; each question waits for its answer. */
class Exchange implements AsyncDisposable {
  readonly #send: (bytes: Buffer) => void;
  readonly #close: () => void;
  #received: ((bytes: Buffer) => void) | undefined;
  #failed: ((reason: Error) => void) | undefined;
  #held = Buffer.alloc(0);

  private constructor(open: (exchange: Exchange) => { send: (bytes: Buffer) => void; close: () => void }) {
    const { send, close } = open(this);
    this.#send = send;
    this.#close = close;
  }

  static async open({ host, port, transport }: TurnAddress): Promise<Exchange> {
    if (transport === 'udp') {
      return new Exchange((exchange) => {
        const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
        socket.on('message', (bytes) => {
          exchange.#receive(bytes);
        });
        socket.on('error', (thrown) => exchange.#failed?.(thrown));
        return {
          send: (bytes) => {
            socket.send(bytes, port, host);
          },
          close: () => {
            socket.close();
          },
        };
      });
    }
    return new Exchange((exchange) => {
      const socket = transport === 'tls' ? connectTls({ host, port, servername: host }) : connect({ host, port });
      socket.on('data', (bytes: Buffer) => {
        exchange.#receive(bytes);
      });
      socket.on('error', (thrown: Error) => exchange.#failed?.(thrown));
      return {
        send: (bytes) => {
          socket.write(bytes);
        },
        close: () => {
          socket.destroy();
        },
      };
    });
  }

  async ask(attributes: readonly Attribute[], key?: Buffer): Promise<StunMessage> {
    const id = randomBytes(12);
    const request = writeMessage(ALLOCATE, id, attributes, key);
    // Datagrams may be lost: ask again each half second.
    const again = setInterval(() => {
      this.#send(request);
    }, 500);
    const timer = setTimeout(() => this.#failed?.(new Error(`it did not answer within ${WAIT_MS / 1000} s`)), WAIT_MS);
    try {
      return await new Promise((resolve, reject) => {
        this.#failed = reject;
        this.#received = (bytes) => {
          if (bytes.subarray(8, HEADER_BYTES).equals(id)) resolve(readMessage(bytes));
        };
        this.#send(request);
      });
    } finally {
      clearInterval(again);
      clearTimeout(timer);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#failed = undefined;
    this.#close();
    return Promise.resolve();
  }

  /** A stream may cut a message; a datagram is whole. */
  #receive(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= HEADER_BYTES) {
      const length = HEADER_BYTES + this.#held.readUInt16BE(2);
      if (this.#held.length < length) return;
      this.#received?.(this.#held.subarray(0, length));
      this.#held = this.#held.subarray(length);
    }
  }
}

function writeMessage(type: number, id: Buffer, attributes: readonly Attribute[], key: Buffer | undefined): Buffer {
  const body = Buffer.concat(attributes.map(([name, value]) => writeAttribute(name, value)));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  id.copy(header, 8);
  if (key === undefined) {
    header.writeUInt16BE(body.length, 2);
    return Buffer.concat([header, body]);
  }
  // The length already counts the integrity attribute that is about to be made (RFC 8489, 14.5).
  header.writeUInt16BE(body.length + 24, 2);
  const digest = createHmac('sha1', key).update(header).update(body).digest();
  return Buffer.concat([header, body, writeAttribute(MESSAGE_INTEGRITY, digest)]);
}

function writeAttribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + 4 * Math.ceil(value.length / 4));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

function readMessage(bytes: Buffer): StunMessage {
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + 4 * Math.ceil(length / 4);
  }
  return { type: bytes.readUInt16BE(0), attributes };
}

function errorOf({ type, attributes }: StunMessage): string {
  const error = attributes.get(ERROR_CODE);
  if (error === undefined || error.length < 4) return `message 0x${type.toString(16)}`;
  return `${(error[2]! & 7) * 100 + error[3]!} ${error.subarray(4).toString()}`.trim();
}
