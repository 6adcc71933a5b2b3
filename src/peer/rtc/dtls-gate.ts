import type { RTCDtlsTransport } from 'werift';
import type { Tally } from './tally.ts';
import {
  HANDSHAKE_TYPE,
  isFragmentOf,
  isHandshakeBody,
  readHandshakeFragments,
  type HandshakeSide,
} from './wire/dtls-handshake.ts';
import { readDtlsRecords, RECORD_TYPE, type DtlsRecord } from './wire/dtls-record.ts';

/** Of the library's DTLS socket, what it keeps to itself. */
interface Socket {
  readonly cipher: { readonly cipher?: unknown; decryptPacket(packet: unknown): Buffer };
  readonly onClose: { execute(): void };
  bufferFragmentedHandshakes: unknown[];
  handleFragmentHandshake: (fragments: Fragment[]) => Fragment[];
  onHandleHandshakes: (messages: Fragment[]) => Promise<void>;
}

interface Fragment {
  readonly msg_type: number;
  readonly length: number;
  readonly fragment_offset: number;
  readonly fragment_length: number;
  readonly fragment: Buffer;
}

/** A browser sends two, and again after 50 ms to a second each until it is answered. */
const MOST_HELLOS = 16;
/** Certificate, keys, proof and end, repeated until they are answered. */
const MOST_HANDSHAKE_RECORDS = 256;
const MOST_BUFFERED_FRAGMENTS = 64;
/** The end of the handshake, repeated while our answer to it is lost. */
const MOST_LATE_HANDSHAKE_RECORDS = 32;

const FATAL = 2;
const CLOSE_NOTIFY = 0;

/**
 * Which DTLS records reach the library. Before the keys are agreed, those of the other side's handshake, well-formed and not
 * without end. Afterwards only encrypted ones: in plaintext the library takes an alert from anybody for the page's
 * goodbye, and a hello for a wish to begin again. Alerts it tells apart from ciphertext by their first bytes alone; they
 * are decrypted here.
 */
export class DtlsGate {
  readonly #transport: RTCDtlsTransport;
  readonly #tally: Tally;
  #socket: Socket | undefined;
  #hellos = 0;
  #handshakes = 0;
  #late = 0;

  constructor(transport: RTCDtlsTransport, tally: Tally) {
    this.#transport = transport;
    this.#tally = tally;
  }

  /** @returns what of a datagram the library may see. */
  admit(datagram: Buffer): Buffer | undefined {
    const records = readDtlsRecords(datagram);
    const socket = this.#guarded();
    if (records === undefined || socket === undefined) {
      this.#tally.add(records === undefined ? 'dtls' : 'dtls-early');
      return undefined;
    }
    const isConnected = this.#transport.state === 'connected';
    const passed = records.filter((record) => this.#passes(socket, datagram, record, isConnected));
    if (passed.length === records.length) return datagram;
    if (passed.length === 0) return undefined;
    return Buffer.concat(passed.map(({ start, end }) => datagram.subarray(start, end)));
  }

  #passes(socket: Socket, datagram: Buffer, record: DtlsRecord, isConnected: boolean): boolean {
    const { type, epoch, bodyStart, end } = record;
    if (type === RECORD_TYPE.alert) {
      this.#hearAlert(socket, datagram, record);
      return false;
    }
    if (epoch === 0) {
      if (isConnected || type === RECORD_TYPE.applicationData) return this.#refuse('dtls-plaintext');
      return type !== RECORD_TYPE.handshake || this.#isHandshake(datagram.subarray(bodyStart, end));
    }
    if (type !== RECORD_TYPE.handshake) return type === RECORD_TYPE.applicationData || this.#refuse('dtls');
    const isLate = this.#late++ >= MOST_LATE_HANDSHAKE_RECORDS;
    return !isLate || this.#refuse('handshake-flood');
  }

  /** Pages are clients; a server that we send to may want to be one, too. */
  get #theirSide(): HandshakeSide {
    return this.#transport.role === 'client' ? 'server' : 'client';
  }

  #isHandshake(body: Buffer): boolean {
    const fragments = readHandshakeFragments(body, this.#theirSide);
    if (fragments === undefined) return this.#refuse('handshake');
    // An encrypted one ends the handshake; one in plaintext would end it without keys.
    if (fragments.some(({ type }) => type === HANDSHAKE_TYPE.finished)) return this.#refuse('handshake');
    const isHello = fragments.some(({ type }) => type === HANDSHAKE_TYPE.clientHello);
    if (isHello && this.#hellos++ >= MOST_HELLOS) return this.#refuse('handshake-flood');
    return this.#handshakes++ < MOST_HANDSHAKE_RECORDS || this.#refuse('handshake-flood');
  }

  #hearAlert(socket: Socket, datagram: Buffer, { type, epoch, start, bodyStart, end }: DtlsRecord): void {
    if (epoch === 0 || socket.cipher.cipher === undefined) {
      this.#tally.add('alert-plaintext');
      return;
    }
    try {
      const alert = socket.cipher.decryptPacket({
        recordLayerHeader: {
          contentType: type,
          protocolVersion: { major: datagram.readUInt8(start + 1), minor: datagram.readUInt8(start + 2) },
          epoch,
          sequenceNumber: datagram.readUIntBE(start + 5, 6),
        },
        fragment: datagram.subarray(bodyStart, end),
      });
      const isEnd = alert.length === 2 && (alert.readUInt8(0) === FATAL || alert.readUInt8(1) === CLOSE_NOTIFY);
      if (isEnd) socket.onClose.execute();
    } catch {
      this.#tally.add('alert-forged');
    }
  }

  /** Once the library has opened its socket: looks at messages behind its decryption, too. */
  #guarded(): Socket | undefined {
    const socket = this.#transport.dtls as unknown as Socket | undefined;
    if (socket === undefined || socket === this.#socket) return socket;
    this.#socket = socket;
    const assemble = socket.handleFragmentHandshake.bind(socket);
    socket.handleFragmentHandshake = (fragments) =>
      assemble(fragments.filter((each) => this.#isExpected(socket, each)));
    const handle = socket.onHandleHandshakes;
    socket.onHandleHandshakes = (messages) =>
      handle(
        messages.filter(({ msg_type, fragment }) => isHandshakeBody(msg_type, fragment) || this.#refuse('handshake')),
      );
    return socket;
  }

  #isExpected(socket: Socket, { msg_type: type, length, fragment_offset, fragment_length }: Fragment): boolean {
    const isWhole = isFragmentOf(this.#theirSide, {
      type,
      length,
      offset: fragment_offset,
      fragmentLength: fragment_length,
    });
    const isLate = this.#transport.state === 'connected' && type !== HANDSHAKE_TYPE.finished;
    if (!isWhole || isLate) return this.#refuse('handshake');
    if (socket.bufferFragmentedHandshakes.length < MOST_BUFFERED_FRAGMENTS) return true;
    socket.bufferFragmentedHandshakes = [];
    return this.#refuse('handshake-flood');
  }

  #refuse(kind: string): false {
    this.#tally.add(kind);
    return false;
  }
}
