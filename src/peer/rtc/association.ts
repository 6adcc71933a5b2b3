import type { RTCDtlsTransport, RTCPeerConnection } from 'werift';
import { messageOf } from '../../base/errors.ts';
import type { Tally } from './tally.ts';
import { isPayload, PAYLOAD, readDcep } from './wire/dcep-message.ts';
import { buildSctpPacket, CHUNK, hasRightChecksum, readSctpPacket, type SctpChunk } from './wire/sctp-packet.ts';

/** A few messages at once; the library's own megabyte is for files. */
export const WINDOW_BYTES = 131_072;

/** Pages open two channels. The library would keep a queue for each of 65536. */
const MOST_STREAMS = 64;
/** Channels that a page opens, those that it closed included. */
const MOST_OPENED = 32;
/** Pieces of messages that are not whole yet; the largest message has sixteen. */
const MOST_PIECES = 1024;
/** How far a piece may be ahead of what is missing: the library sorts all that are, with each that comes. */
const MOST_AHEAD = 1024;

/** Of the library's SCTP association, what it keeps to itself. */
interface Association {
  advertisedRwnd: number;
  _inboundStreamsMax: number;
  readonly associationState: number;
  readonly localTsn: number;
  readonly lastReceivedTsn: number | undefined;
  readonly inboundStreams: Readonly<Record<string, { readonly reassembly: readonly unknown[] }>>;
  readonly sentQueue: readonly { acked: boolean }[];
  timer3Expired: () => void;
  /** @param roundTripS - by the wall clock. */
  updateRto: (roundTripS: number) => void;
  handleData(packet: Buffer): Promise<void>;
  receive: (streamId: number, payloadType: number, message: Buffer) => void;
}
/** A page that takes longer is given up. */
const LONGEST_ROUND_TRIP_S = 10;
/** The library's number for it. */
const ESTABLISHED = 4;

interface Channels {
  readonly sctp: Association;
  readonly dtlsTransport: RTCDtlsTransport;
  readonly dataChannels: Readonly<Record<string, unknown>>;
  datachannelReceive(streamId: number, payloadType: number, message: Buffer): Promise<void>;
}

export interface AssociationEvents {
  /** The page broke the protocol so that the connection should end. */
  onViolation(reason: string): void;
  /** The library failed at what it was given. */
  onFault(thrown: unknown): void;
}

function channelsOf(peer: RTCPeerConnection): Channels | undefined {
  return peer.sctpTransport as unknown as Channels | undefined;
}

/** @returns how many bytes of unfinished messages the page may still send. */
export function windowLeft(peer: RTCPeerConnection): number {
  return channelsOf(peer)?.sctp.advertisedRwnd ?? WINDOW_BYTES;
}

const prepared = new WeakSet<Association>();

/**
 * Before the association starts: limits what a page can make us hold, mends how the library counts, and checks what comes
 * before the library reads it. There, one byte that is no packet fails a promise that nobody awaits, which ends the
 * process, and a parameter of no length makes it read for ever.
 */
export function prepareAssociation(peer: RTCPeerConnection, tally: Tally, events: AssociationEvents): void {
  const channels = channelsOf(peer);
  if (channels === undefined || prepared.has(channels.sctp)) return;
  const { sctp, dtlsTransport } = channels;
  prepared.add(sctp);
  sctp.advertisedRwnd = WINDOW_BYTES;
  sctp._inboundStreamsMax = MOST_STREAMS;
  forgetGapsOnTimeout(sctp);
  ignoreClockJumps(sctp);
  const guard = new AssociationGuard(channels, tally, events);
  dtlsTransport.dataReceiver = (packet) => {
    guard.take(packet);
  };
  sctp.receive = (streamId, payloadType, message) => {
    guard.deliver(streamId, payloadType, message);
  };
}

class AssociationGuard {
  readonly #channels: Channels;
  readonly #tally: Tally;
  readonly #events: AssociationEvents;
  #opened = 0;
  #isShut = false;

  constructor(channels: Channels, tally: Tally, events: AssociationEvents) {
    this.#channels = channels;
    this.#tally = tally;
    this.#events = events;
  }

  /** A packet as DTLS brought it: it is the page's, whatever it is. */
  take(packet: Buffer): void {
    if (this.#isShut) return;
    const chunks = hasRightChecksum(packet) ? readSctpPacket(packet) : undefined;
    if (chunks === undefined) this.#violate('SCTP that is none');
    else if (!chunks.every((chunk) => this.#isPossible(chunk))) this.#violate('SCTP that cannot be');
    else if (this.#isOverfull()) this.#violate('too many pieces of unfinished messages');
    else if (chunks.length === 0 || !chunks.every((chunk) => this.#isTimely(chunk))) this.#tally.add('sctp-untimely');
    else this.#process(packet, chunks);
  }

  /** A whole message of a stream. */
  deliver(streamId: number, payloadType: number, message: Buffer): void {
    if (this.#isShut) return;
    const isOpen = Object.hasOwn(this.#channels.dataChannels, String(streamId));
    if (payloadType === PAYLOAD.dcep) {
      const kind = readDcep(message);
      if (kind === undefined) {
        this.#violate('a channel message that is none');
        return;
      }
      if (kind === 'ack' && !isOpen) {
        this.#tally.add('dcep');
        return;
      }
      if (kind === 'open' && !isOpen && this.#opened++ === MOST_OPENED) {
        this.#violate(`more than ${MOST_OPENED} channels`);
        return;
      }
    } else if (!isPayload(payloadType) || !isOpen) {
      this.#tally.add('dcep');
      return;
    }
    this.#channels.datachannelReceive(streamId, payloadType, message).catch((thrown: unknown) => {
      this.#fail(thrown);
    });
  }

  #process(packet: Buffer, chunks: readonly SctpChunk[]): void {
    const bytes = chunks.reduce((sum, { value }) => sum + ((value.length + 7) & ~3), 12);
    // The library refuses a whole packet for one chunk that it does not know.
    const isWhole = bytes === ((packet.length + 3) & ~3);
    this.#channels.sctp.handleData(isWhole ? packet : buildSctpPacket(packet, chunks)).catch((thrown: unknown) => {
      this.#fail(thrown);
    });
  }

  /** Whether a page that keeps to what it was told could have sent it. */
  #isPossible({ type, value }: SctpChunk): boolean {
    const { localTsn } = this.#channels.sctp;
    if (type === CHUNK.data) return value.readUInt16BE(4) < MOST_STREAMS;
    if (type === CHUNK.forwardTsn) {
      for (let at = 4; at < value.length; at += 4) if (value.readUInt16BE(at) >= MOST_STREAMS) return false;
      return true;
    }
    if (type !== CHUNK.sack) return true;
    // Nothing is acknowledged that was never sent.
    const unacknowledged = (localTsn - 1 - value.readUInt32BE(0)) >>> 0;
    const gaps = value.readUInt16BE(8);
    const highestGap = gaps === 0 ? 0 : value.readUInt16BE(12 + 4 * gaps - 2);
    return unacknowledged < 0x8000_0000 ? highestGap <= unacknowledged : false;
  }

  /** What comes twice, too early or too far ahead is dropped: the page sends it again if it matters. */
  #isTimely({ type, value }: SctpChunk): boolean {
    const { associationState, lastReceivedTsn } = this.#channels.sctp;
    // The library would begin to count anew, in the middle of what it has.
    if (type === CHUNK.init) return associationState !== ESTABLISHED;
    if (type !== CHUNK.data && type !== CHUNK.forwardTsn) return true;
    if (lastReceivedTsn === undefined) return false;
    const ahead = (value.readUInt32BE(0) - lastReceivedTsn) >>> 0;
    return ahead <= MOST_AHEAD || ahead >= 0x8000_0000;
  }

  /** The library counts the window, and takes what is beyond it all the same. */
  #isOverfull(): boolean {
    const { advertisedRwnd, inboundStreams } = this.#channels.sctp;
    if (advertisedRwnd === WINDOW_BYTES) return false;
    if (advertisedRwnd < 0) return true;
    const pieces = Object.values(inboundStreams).reduce((sum, { reassembly }) => sum + reassembly.length, 0);
    return pieces > MOST_PIECES;
  }

  #violate(reason: string): void {
    this.#isShut = true;
    this.#tally.add('sctp');
    this.#events.onViolation(reason);
  }

  #fail(thrown: unknown): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.#events.onFault(new Error(`SCTP: ${messageOf(thrown)}`, { cause: thrown }));
  }
}

/**
 * When its timer (T3-rtx, RFC 9260, 6.3.3) expires the library sends everything again and counts it as in flight, but
 * when the acknowledgement comes it does not take off what a gap report had named before. So each loss leaves bytes in
 * flight that nobody will acknowledge, until they fill the congestion window and the association is silent for ever.
 * What is sent again is unacknowledged again.
 */
function forgetGapsOnTimeout(association: Association): void {
  const expired = association.timer3Expired;
  association.timer3Expired = () => {
    for (const chunk of association.sentQueue) chunk.acked = false;
    expired();
  };
}

/**
 * Round trips are measured on the wall clock. After it was put forward by an hour, what is lost would be sent again only
 * after a minute, and after it was put back, before it could have been acknowledged.
 */
function ignoreClockJumps(association: Association): void {
  const update = association.updateRto.bind(association);
  association.updateRto = (roundTripS) => {
    if (roundTripS >= 0 && roundTripS <= LONGEST_ROUND_TRIP_S) update(roundTripS);
  };
}
