import { encryptRtcp, type Target } from './attacks.ts';
import { mutate } from './fuzz/mutator.ts';
import { SEEDS } from './fuzz/seeds.ts';
import { sealSctpPacket } from '../../src/peer/rtc/wire/sctp-packet.ts';
import { associationOf } from './visitor/sctp-attack.ts';
import { placeOf, Stranger } from './visitor/stranger.ts';
import { Visitor } from './visitor/visitor.ts';

export interface FloodOptions {
  /** Datagrams for each parser. */
  readonly each: number;
  readonly perSecond: number;
  readonly isOver: () => boolean;
  readonly onSent: (parser: string, count: number) => void;
  readonly onTrouble: (thrown: unknown) => void;
}

const BURST_MS = 5;
/** A connection is ended by the first SCTP packet that is none; its other parsers get this many bursts before. */
const BURSTS_PER_CONNECTION = 2000;
/** Kept free for people: the flood is one visitor at a time. */
const FLOODER = { room: 'flood', name: 'Mallory', address: '198.51.100.9' };

/**
 * Mutated datagrams for every parser behind one UDP port, one half from the address of a page that is connected, the other
 * from a stranger's. What is encrypted in a call is encrypted here, too, with the page's own keys.
 */
export async function floodWithDatagrams(target: Target, options: FloodOptions): Promise<void> {
  const stranger = await Stranger.open();
  let left = options.each;
  try {
    while (left > 0 && !options.isOver()) {
      try {
        const visitor = await Visitor.join(target.signalingUrl, { ...FLOODER, portrait: target.portraits[0] ?? '' });
        left -= await floodOne(target, { ...options, each: left }, visitor, stranger);
        await visitor.vanish();
      } catch (thrown) {
        options.onTrouble(thrown);
        await new Promise((later) => setTimeout(later, 1000));
      }
    }
  } finally {
    await stranger.close();
  }
}

/** @returns how many datagrams each parser was sent. */
async function floodOne(
  { random }: Target,
  { each, perSecond, isOver, onSent }: FloodOptions,
  visitor: Visitor,
  stranger: Stranger,
): Promise<number> {
  const { page } = visitor;
  const transport = page.peer.dtlsTransports[0];
  if (transport === undefined) return 0;
  const { connection } = transport.iceTransport;
  const { port } = placeOf(visitor.answerSdp);
  const parsers: readonly (readonly [name: string, make: () => Buffer])[] = [
    ['STUN', () => mutate(random, SEEDS.stun)],
    ['DTLS', () => mutate(random, [...SEEDS.dtls, ...SEEDS.handshake])],
    ['RTP', () => mutate(random, SEEDS.rtp)],
    ['RTCP', () => mutate(random, SEEDS.rtcp)],
    ['RTCP, encrypted', () => encryptRtcp(transport, mutate(random, SEEDS.rtcp))],
  ];
  const perBurst = Math.max(1, Math.round((perSecond * BURST_MS) / 1000 / parsers.length));
  let sent = 0;
  for (let burst = 0; burst < BURSTS_PER_CONNECTION && sent < each && !isOver(); burst++) {
    if (transport.state !== 'connected') break;
    const count = Math.min(perBurst, each - sent);
    for (let index = 0; index < count; index++) {
      for (const [, make] of parsers) {
        const datagram = make();
        if ((sent + index) % 2 === 0) await connection.send(datagram);
        else await stranger.send(datagram, port);
      }
    }
    sent += count;
    for (const [name] of parsers) onSent(name, count);
    await new Promise((later) => setTimeout(later, BURST_MS));
  }
  for (let packets = 0; packets < 50 && transport.state === 'connected'; packets++) {
    const packet = mutate(random, SEEDS.sctp);
    if (packet.length >= 12) {
      packet.writeUInt32BE(associationOf(page).remoteVerificationTag, 4);
      sealSctpPacket(packet);
    }
    await transport.sendData(packet);
    onSent('SCTP, encrypted', 1);
    await new Promise((later) => setTimeout(later, 2 * BURST_MS));
  }
  visitor.line.say({ type: 'leave' });
  await new Promise((later) => setTimeout(later, 10 * BURST_MS));
  return sent;
}
