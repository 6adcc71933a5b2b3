import { RtcpPacketConverter, type RTCDtlsTransport } from 'werift';
import type { MonotonicUs } from '../../base/timeline.ts';
import { TokenBucket } from '../../base/token-bucket.ts';
import { DtlsGate } from './dtls-gate.ts';
import { IceGate, type Address } from './ice-gate.ts';
import type { Tally } from './tally.ts';
import { splitRtcp } from './wire/rtcp-packets.ts';
import { readSrtpSsrc } from './wire/rtp-header.ts';

/** One UDP socket of the library. */
interface Protocol {
  datagramReceived: (datagram: Buffer, address: Address) => void;
}
interface IceConnection {
  readonly protocols: readonly Protocol[];
  ensureProtocol: (protocol: Protocol) => void;
}

/** Browsers send no more than 1200 bytes at once, and Ethernet takes 1500. */
const LONGEST_DATAGRAM_BYTES = 2048;
/** Checks every 48 ms on each of a few ways while the page looks for the best. */
const STUN_PER_SECOND = 100;
/** A slider that is dragged, and the acknowledgements of what we send. */
const DTLS_PER_SECOND = 1000;
/** Sound in packets of 10 ms, each twice. */
const RTP_PER_SECOND = 500;
/** Reports and requests, at 15 % loss. */
const RTCP_PER_SECOND = 500;
/** A page that changes its microphone may change its SSRC. The library keeps a state for each. */
const MOST_SSRCS = 64;

/**
 * Every datagram of a connection before the library sees it: told apart by its first byte (RFC 7983), accepted only from
 * the page, well-formed, and not faster than any page sends. What does not pass is dropped and counted.
 */
export class DatagramGate {
  readonly #transport: RTCDtlsTransport;
  readonly #tally: Tally;
  readonly #now: () => MonotonicUs;
  readonly #ice: IceGate;
  readonly #dtls: DtlsGate;
  readonly #ssrcs = new Set<number>();
  readonly #stunRate = new TokenBucket(STUN_PER_SECOND, 4 * STUN_PER_SECOND);
  readonly #dtlsRate = new TokenBucket(DTLS_PER_SECOND, DTLS_PER_SECOND);
  readonly #rtpRate = new TokenBucket(RTP_PER_SECOND, RTP_PER_SECOND);
  readonly #rtcpRate = new TokenBucket(RTCP_PER_SECOND, RTCP_PER_SECOND);
  #isShut = false;

  constructor(transport: RTCDtlsTransport, tally: Tally, now: () => MonotonicUs) {
    this.#transport = transport;
    this.#tally = tally;
    this.#now = now;
    this.#ice = new IceGate(transport, tally);
    this.#dtls = new DtlsGate(transport, tally);
    const connection = transport.iceTransport.connection as unknown as IceConnection;
    const ensure = connection.ensureProtocol.bind(connection);
    connection.ensureProtocol = (protocol) => {
      this.#watch(protocol);
      ensure(protocol);
    };
    for (const protocol of connection.protocols) this.#watch(protocol);
    transport.onRtp.subscribe(({ header }) => {
      this.#ssrcs.add(header.ssrc);
    });
  }

  /** Nothing passes any more. */
  shut(): void {
    this.#isShut = true;
  }

  #watch(protocol: Protocol): void {
    const receive = protocol.datagramReceived.bind(protocol);
    protocol.datagramReceived = (datagram, address) => {
      this.#sort(datagram, address, protocol, receive);
    };
  }

  #sort(datagram: Buffer, address: Address, protocol: Protocol, receive: Protocol['datagramReceived']): void {
    const first = datagram[0];
    const isSized = first !== undefined && datagram.length <= LONGEST_DATAGRAM_BYTES;
    if (this.#isShut || !isSized || address[1] === 0) this.#tally.add('datagram');
    else if (first < 4) this.#passStun(datagram, address, protocol, receive);
    else if (!this.#ice.isPage(address)) this.#tally.add('stranger');
    else if (first >= 20 && first < 64) this.#passDtls(datagram, address, receive);
    else if (first >= 128 && first < 192) this.#passMedia(datagram, address, receive);
    else this.#tally.add('datagram');
  }

  #passStun(datagram: Buffer, address: Address, protocol: Protocol, receive: Protocol['datagramReceived']): void {
    const message = this.#ice.admit(datagram, address);
    if (message === undefined || !this.#isInRate(this.#stunRate, 'stun-flood')) return;
    receive(datagram, address);
    if (message.kind === 'request') this.#ice.follow(message, address, protocol);
  }

  #passDtls(datagram: Buffer, address: Address, receive: Protocol['datagramReceived']): void {
    if (!this.#isInRate(this.#dtlsRate, 'dtls-flood')) return;
    const admitted = this.#dtls.admit(datagram);
    if (admitted !== undefined) receive(admitted, address);
  }

  #passMedia(datagram: Buffer, address: Address, receive: Protocol['datagramReceived']): void {
    // The packet type of RTCP lies where RTP has marker and payload type (RFC 5761, 4).
    const type = datagram[1] ?? 0;
    if (this.#transport.state !== 'connected') this.#tally.add('media-early');
    else if (type >= 192 && type <= 223) {
      if (this.#isInRate(this.#rtcpRate, 'rtcp-flood')) this.#hearRtcp(datagram);
    } else if (this.#isInRate(this.#rtpRate, 'rtp-flood')) {
      const ssrc = readSrtpSsrc(datagram);
      if (ssrc === undefined) this.#tally.add('rtp');
      else if (this.#ssrcs.size >= MOST_SSRCS && !this.#ssrcs.has(ssrc)) this.#tally.add('ssrc-flood');
      else receive(datagram, address);
    }
  }

  /** In place of the library, which reads on behind the end of each packet of a compound. */
  #hearRtcp(datagram: Buffer): void {
    let compound: Buffer;
    try {
      compound = this.#transport.srtcp.decrypt(datagram);
    } catch {
      this.#tally.add('rtcp-forged');
      return;
    }
    const packets = splitRtcp(compound);
    if (packets === undefined) this.#tally.add('rtcp');
    for (const each of packets ?? []) {
      for (const packet of RtcpPacketConverter.deSerialize(each)) this.#transport.onRtcp.execute(packet);
    }
  }

  #isInRate(bucket: TokenBucket, kind: string): boolean {
    const isInRate = bucket.take(this.#now());
    if (!isInRate) this.#tally.add(kind);
    return isInRate;
  }
}
