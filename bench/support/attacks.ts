import type { RTCDtlsTransport } from 'werift';
import type { Random } from '../../src/base/random.ts';
import { sealSctpPacket } from '../../src/peer/rtc/wire/sctp-packet.ts';
import { mutate } from './fuzz/mutator.ts';
import { SEEDS } from './fuzz/seeds.ts';
import { HOSTILE_REQUESTS, sendHostile, type Departure } from './visitor/hostile-requests.ts';
import { until } from './visitor/page.ts';
import { associationOf } from './visitor/sctp-attack.ts';
import { checkOf, placeOf, Stranger } from './visitor/stranger.ts';
import { patiently, SignalingLine, Visitor, type VisitorOptions } from './visitor/visitor.ts';

/** Where an attack goes, and with which dice. */
export interface Target {
  readonly url: string;
  readonly signalingUrl: string;
  /** Faces that anybody may wear. */
  readonly portraits: readonly string[];
  readonly random: Random;
}

/** What one hostile visitor does, until it goes. @throws Refused when the server does not let it get that far. */
type Attack = (target: Target) => Promise<void>;

const JSON_SEEDS = [
  '{"type":"hello","version":1,"token":"a.b.c","resume":"x"}',
  '{"type":"join","room":"a","name":"b","portrait":"c","door":"ask","sdp":"v=0"}',
  '{"type":"register","version":1,"secret":"x","capacity":100000,"active":0}',
  '{"type":"candidate","candidate":{"candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host","sdpMid":"0"}}',
  '{"type":"admit","peerId":"x","admitted":true}',
  '{"type":"end","peerId":"x","code":"INTERNAL","message":"x"}',
].map((text) => Buffer.from(text));

const CONTROL_SEEDS = [
  '{"type":"gaze","target":{"yaw":10,"pitch":5}}',
  '{"type":"emotion","emotion":"joy","strength":1}',
  '{"type":"lip-clarity","active":true}',
  '{"type":"mute","active":false}',
].map((text) => Buffer.from(text));

const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));
const below = ({ random }: Target, limit: number): number => Math.floor(random.uniform() * limit);

/** An address that nobody else has, among sixteen million. */
function addressOf(target: Target): string {
  return `10.${below(target, 256)}.${below(target, 256)}.${below(target, 256)}`;
}

function guestOf(target: Target): VisitorOptions {
  const room = `hostile-${below(target, 1e9)}`;
  const portrait = target.portraits[below(target, target.portraits.length)] ?? '';
  return { room, portrait, name: 'Mallory', address: addressOf(target) };
}

/** Joins, attacks, and leaves without a word to the connection. */
async function inside(target: Target, attack: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await patiently(() => Visitor.join(target.signalingUrl, guestOf(target)));
  try {
    await attack(visitor);
    visitor.line.say({ type: 'leave' });
    await pause(50);
  } finally {
    await visitor.vanish();
  }
}

async function eachFor(seconds: number, perSecond: number, send: () => Promise<unknown>): Promise<void> {
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    for (let index = 0; index < perSecond / 20; index++) await send();
    await pause(50);
  }
}

/** With the page's keys, as far as its own library can: it wants eight bytes of header. */
export function encryptRtcp(transport: RTCDtlsTransport, compound: Buffer): Buffer {
  return compound.length < 8 ? compound : transport.srtcp.encrypt(compound);
}

/** By what they send. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'HTTP that is none': async (target) => {
    const port = Number(new URL(target.url).port);
    const departures: readonly Departure[] = ['resets at once', 'resets at the answer', 'half closes'];
    for (let index = 0; index < 6; index++) {
      const [, head = ''] = HOSTILE_REQUESTS[below(target, HOSTILE_REQUESTS.length)] ?? [];
      await sendHostile(port, head, departures[below(target, 3)] ?? 'half closes');
    }
  },

  'HTTP requests with rubbish': async (target) => {
    const headers = {
      'x-forwarded-for': addressOf(target),
      'content-type': 'image/png',
      'x-visavis-owner': 'z'.repeat(32),
    };
    const paths = [
      '/api/v1/portraits',
      '/api/v1/blocks',
      '/api/v1/participants',
      '/api/v1/speech',
      '/signaling',
      '/metrics',
    ];
    for (const path of paths) {
      const body = mutate(target.random, JSON_SEEDS);
      await fetch(`${target.url}${path}`, { method: 'POST', headers, body: Uint8Array.from(body) }).then((each) =>
        each.text(),
      );
    }
    const response = await fetch(`${target.url}/${mutate(target.random, JSON_SEEDS).toString('base64url')}`);
    await response.text();
  },

  'pages without end, which begin with other faces': async (target) => {
    const headers = { 'x-forwarded-for': addressOf(target) };
    for (let index = 0; index < 20; index++) {
      await fetch(`${target.url}/`, { headers }).then((each) => each.text());
      const portrait = target.portraits[below(target, target.portraits.length)] ?? '';
      await fetch(`${target.url}/api/portraits/${portrait}/preview`, { headers }).then((each) => each.arrayBuffer());
      await pause(50);
    }
  },

  'signaling that is none': async (target) => {
    const line = await SignalingLine.open(target.signalingUrl, addressOf(target));
    for (let index = 0; index < 20 && line.isOpen; index++) {
      const rubbish = mutate(target.random, JSON_SEEDS);
      line.socket.send(below(target, 2) === 0 ? rubbish : rubbish.toString('latin1'));
      await pause(20);
    }
    if (below(target, 2) === 0 && line.isOpen) line.socket.send('x'.repeat(400_000));
    await pause(100);
    line.socket.terminate();
  },

  'offers that are none': async (target) => {
    const line = await SignalingLine.open(target.signalingUrl, addressOf(target));
    line.say({ type: 'hello', version: 1 });
    await line.hear('welcome');
    const { room, portrait } = guestOf(target);
    for (let index = 0; index < 5 && line.isOpen; index++) {
      line.say({ type: 'join', room, portrait, sdp: mutate(target.random, SEEDS.sdp).toString('latin1') });
      await pause(60);
    }
    line.say({ type: 'leave' });
    line.socket.close();
  },

  'a join and no media': async (target) => {
    const visitor = await Visitor.signal(target.signalingUrl, guestOf(target));
    await pause(500 + below(target, 4000));
    // Half of them go without a word: their place is held until the server takes it back.
    if (below(target, 4) > 0) await visitor.leave();
    else await visitor.vanish();
  },

  'gone in the middle of the handshake': async (target) => {
    const visitor = await patiently(() => Visitor.signal(target.signalingUrl, guestOf(target)));
    const accepting = visitor.page.accept(visitor.answerSdp);
    accepting.catch(() => undefined);
    await until(() => visitor.page.peer.dtlsTransports[0]?.state === 'connecting', 5000);
    await pause(below(target, 40));
    visitor.line.say({ type: 'leave' });
    await pause(20);
    await visitor.vanish();
  },

  'connectivity checks that are none': async (target) => {
    const visitor = await patiently(() => Visitor.signal(target.signalingUrl, guestOf(target)));
    const stranger = await Stranger.open();
    try {
      const { port, ufrag, password } = placeOf(visitor.answerSdp);
      const seeds = [...SEEDS.stun, checkOf({ ours: 'abcd', theirs: ufrag, password })];
      await eachFor(2, 400, () => stranger.send(mutate(target.random, seeds), port));
    } finally {
      await stranger.close();
      await visitor.leave();
    }
  },

  'DTLS that is none': (target) =>
    inside(target, async (visitor) => {
      const stranger = await Stranger.open();
      const { port } = placeOf(visitor.answerSdp);
      const seeds = [...SEEDS.dtls, ...SEEDS.handshake];
      try {
        await eachFor(2, 400, async () => {
          const rubbish = mutate(target.random, seeds);
          await stranger.send(rubbish, port);
          await visitor.page.peer.iceTransports[0]?.connection.send(rubbish);
        });
      } finally {
        await stranger.close();
      }
    }),

  'RTP and RTCP that is none': (target) =>
    inside(target, async ({ page }) => {
      const transport = page.peer.dtlsTransports[0];
      await eachFor(2, 400, async () => {
        await transport?.iceTransport.connection.send(mutate(target.random, SEEDS.rtp));
        await transport?.iceTransport.connection.send(encryptRtcp(transport, mutate(target.random, SEEDS.rtcp)));
        page.speak(mutate(target.random, SEEDS.rtp), below(target, 2 ** 32), below(target, 2 ** 32));
      });
    }),

  'SCTP that is none': (target) =>
    inside(target, async ({ page }) => {
      await until(() => page.control?.readyState === 'open', 5000);
      const association = associationOf(page);
      for (let index = 0; index < 50 && page.peer.dtlsTransports[0]?.state === 'connected'; index++) {
        const packet = mutate(target.random, SEEDS.sctp);
        if (packet.length >= 12) {
          packet.writeUInt32BE(association.remoteVerificationTag, 4);
          sealSctpPacket(packet);
        }
        await page.peer.dtlsTransports[0].sendData(packet);
        await pause(10);
      }
    }),

  'messages that are none': (target) =>
    inside(target, async ({ page }) => {
      await until(() => page.control?.readyState === 'open', 5000);
      for (let index = 0; index < 500 && page.control?.readyState === 'open'; index++) {
        page.control.send(mutate(target.random, CONTROL_SEEDS));
        if (index % 10 === 0) await pause(5);
      }
    }),
};
