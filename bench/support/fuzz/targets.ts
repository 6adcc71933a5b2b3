import {
  IceCandidate,
  parseMessage,
  RtcpPacketConverter,
  RTCSctpTransport,
  RtpPacket,
  SessionDescription,
} from 'werift';
import type { RTCDtlsTransport, RTCPeerConnection } from 'werift';
import { prepareAssociation } from '../../../src/peer/rtc/association.ts';
import { readFeedback } from '../../../src/peer/rtc/feedback.ts';
import { readOffer } from '../../../src/peer/rtc/offer.ts';
import { Tally } from '../../../src/peer/rtc/tally.ts';
import { readDcep } from '../../../src/peer/rtc/wire/dcep-message.ts';
import { isHandshakeBody, readHandshakeFragments } from '../../../src/peer/rtc/wire/dtls-handshake.ts';
import { readDtlsRecords } from '../../../src/peer/rtc/wire/dtls-record.ts';
import { splitRtcp } from '../../../src/peer/rtc/wire/rtcp-packets.ts';
import { readSrtpSsrc } from '../../../src/peer/rtc/wire/rtp-header.ts';
import { sealSctpPacket } from '../../../src/peer/rtc/wire/sctp-packet.ts';
import { readStunMessage } from '../../../src/peer/rtc/wire/stun-message.ts';
import { SEEDS } from './seeds.ts';

/** A parser that a visitor can reach: ours, and behind it the library's, for what ours lets through. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** @returns whether ours let it through. @throws when a parser fails at it, which is what is looked for. */
  run(input: Buffer): boolean;
}

/** One end of an association over nothing, as a connection has it; a new one when the page is thrown out. */
class Association {
  #receive: ((packet: Buffer) => void) | undefined;
  tag = 0;
  #uses = 0;
  /** Failures of the library's promises, which come later. */
  readonly faults: unknown[] = [];

  push(packet: Buffer): boolean {
    if (this.#receive === undefined || this.#uses++ > 500) this.#open();
    if (packet.length >= 12) {
      // What an attacker knows it gets right; every thirteenth stays as it is.
      if (packet.length % 13 !== 0) {
        packet.writeUInt32BE(packet[12] === 1 ? 0 : this.tag, 4);
        sealSctpPacket(packet);
      }
    }
    this.#receive?.(packet);
    return this.#receive !== undefined;
  }

  #open(): void {
    const dtlsTransport = {
      id: String(this.#uses),
      state: 'connected',
      iceTransport: { role: 'controlled' },
      dataReceiver: (): void => undefined,
      sendData: () => Promise.resolve(),
      onStateChange: { subscribe: () => ({ unSubscribe: () => undefined }) },
    };
    const transport = new RTCSctpTransport(5000);
    transport.setDtlsTransport(dtlsTransport as unknown as RTCDtlsTransport);
    void transport.start(5000);
    this.#uses = 0;
    this.tag = (transport.sctp as unknown as { localVerificationTag: number }).localVerificationTag;
    prepareAssociation({ sctpTransport: transport } as unknown as RTCPeerConnection, new Tally(), {
      onViolation: () => {
        this.#close(transport);
      },
      onFault: (thrown) => {
        this.faults.push(thrown);
        this.#close(transport);
      },
    });
    this.#receive = dtlsTransport.dataReceiver;
  }

  #close(transport: RTCSctpTransport): void {
    this.#receive = undefined;
    transport.sctp.stop().catch(() => undefined);
  }
}

const association = new Association();

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'STUN',
    seeds: SEEDS.stun,
    run: (input) => {
      const passes = readStunMessage(input) !== undefined;
      if (passes) parseMessage(input);
      return passes;
    },
  },
  {
    name: 'DTLS records and fragments',
    seeds: SEEDS.dtls,
    run: (input) => {
      const records = readDtlsRecords(input);
      for (const { bodyStart, end } of records ?? []) {
        readHandshakeFragments(input.subarray(bodyStart, end), 'client');
        readHandshakeFragments(input.subarray(bodyStart, end), 'server');
      }
      return records !== undefined;
    },
  },
  {
    name: 'DTLS messages',
    seeds: SEEDS.handshake,
    run: (input) => [1, 2, 3, 11, 12, 13, 14, 15, 16, 20].map((type) => isHandshakeBody(type, input)).includes(true),
  },
  {
    name: 'RTP',
    seeds: SEEDS.rtp,
    run: (input) => {
      const passes = readSrtpSsrc(input) !== undefined;
      if (passes) RtpPacket.deSerialize(input);
      return passes;
    },
  },
  {
    name: 'RTCP',
    seeds: SEEDS.rtcp,
    run: (input) => {
      const packets = splitRtcp(input) ?? [];
      for (const each of packets) for (const packet of RtcpPacketConverter.deSerialize(each)) readFeedback(packet);
      return packets.length > 0;
    },
  },
  {
    name: 'SCTP',
    seeds: SEEDS.sctp,
    run: (input) => {
      const passes = association.push(Buffer.from(input));
      const [fault] = association.faults.splice(0);
      if (fault !== undefined) throw fault as Error;
      return passes;
    },
  },
  { name: 'DCEP', seeds: SEEDS.dcep, run: (input) => readDcep(input) !== undefined },
  {
    name: 'SDP',
    seeds: SEEDS.sdp,
    run: (input) => {
      try {
        SessionDescription.parse(readOffer(input.toString('latin1'), true).sdp);
        return true;
      } catch {
        // A connection refuses an offer at which either throws.
        return false;
      }
    },
  },
  {
    name: 'candidates',
    seeds: SEEDS.candidate,
    run: (input) => {
      const candidate = input.toString('latin1');
      return IceCandidate.fromJSON({ candidate, sdpMid: '0', sdpMLineIndex: 0 }) !== undefined;
    },
  },
];
