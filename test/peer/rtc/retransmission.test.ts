import {
  GenericNack,
  PictureLossIndication,
  RTCRtpCodecParameters,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  RTCRtpSender,
  type RTCDtlsTransport,
  type RtpHeader,
} from 'werift';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StreamSender, VIDEO_CLOCK_HZ } from '../../../src/peer/rtc/stream-sender.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';

const sent: number[] = [];
const numbers: number[] = [];
const onGone = vi.fn();
let sender: RTCRtpSender;
let stream: StreamSender;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = numbers.length = 0;
  onGone.mockClear();
  sender = new RTCRtpSender('video');
  // Its numbers begin anywhere; here 16385.
  Object.assign(sender, { seqOffset: 0 });
  sender.codec = new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: VIDEO_CLOCK_HZ, payloadType: 96 });
  const transport = {
    state: 'connected',
    sendRtp: (payload: Buffer, { sequenceNumber }: RtpHeader): Promise<number> => {
      numbers.push(sequenceNumber);
      sent.push(payload[payload.length - 1] ?? -1);
      return Promise.resolve(payload.length);
    },
  };
  sender.dtlsTransport = transport as unknown as RTCDtlsTransport;
  stream = new StreamSender(sender, { clockHz: VIDEO_CLOCK_HZ, captureTimeId: undefined, random: () => 0.5, onGone });
});
afterEach(() => vi.useRealTimers());

/** Sends packets that end with 0, 1, 2 … @returns the first one's sequence number. */
async function sendPackets(count: number, copies = 0, sourceSequence?: number): Promise<number> {
  stream.copiesUnasked = copies;
  const payloads = Array.from({ length: count }, (_, index) => Uint8Array.of(9, index));
  numbers.length = 0;
  stream.send(payloads, mediaTimeUs(0), 0n, sourceSequence);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.splice(0)).toHaveLength(count);
  return numbers[0] ?? NaN;
}

/** A page's request as it comes off the wire, and what else is in the datagram. */
function ask(lost: number[], ...more: Buffer[]): void {
  const request = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: 2, lost }).serialize();
  const [packet] = RtcpPacketConverter.deSerialize(Buffer.concat([request, ...more]));
  if (packet === undefined) throw new Error('No packet');
  sender.handleRtcpPacket(packet);
}

it('sends what was asked for twice, a moment apart, and nothing else', async () => {
  const first = await sendPackets(6);
  ask([first + 2, first + 4]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([2, 4]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([2, 4, 2, 4]);
});

it('takes a number that is named a hundred times for one packet', async () => {
  const first = await sendPackets(6);
  ask(Array<number>(100).fill(first + 3));
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([3, 3]);
});

it('sends copies unasked where the link loses some; what is asked for meanwhile is on its way', async () => {
  const first = await sendPackets(3, 2);
  ask([first + 1]);
  await vi.advanceTimersByTimeAsync(15);
  expect(sent.splice(0)).toEqual([0, 1, 2]);
  await vi.advanceTimersByTimeAsync(15);
  ask([first + 1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent.splice(0)).toEqual([0, 1, 2]);
  ask([first + 1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([1, 1]);
});

it('does not take what follows a request in its datagram for more numbers', async () => {
  const first = await sendPackets(3);
  const feedback = new PictureLossIndication({ senderSsrc: (first + 1) * 0x10000, mediaSsrc: 2 });
  ask([first], new RtcpPayloadSpecificFeedback({ feedback }).serialize());
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([0, 0]);
});

it('sends again across the end of the numbers', async () => {
  const first = await sendPackets(1, 0, 0);
  expect(await sendPackets(3, 0, 65535 - first)).toBe(65535);
  ask([65535, 65536]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([0, 1]);
});

it('wants a keyframe when a packet is asked for that is no longer there, and not with every request', async () => {
  const first = await sendPackets(1);
  await sendPackets(200);
  for (let request = 0; request < 5; request++) ask([first]);
  expect(onGone).toHaveBeenCalledOnce();
  ask([first + 199]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(onGone).toHaveBeenCalledOnce();
  ask([first]);
  expect(onGone).toHaveBeenCalledTimes(2);
  expect(sent).toEqual([198, 198]);
});

it('answers a flood of requests with no more than a thousand packets a second, each twice', async () => {
  const first = await sendPackets(120);
  const all = Array.from({ length: 120 }, (_, index) => first + index);
  // For two seconds, as soon as no copy is on its way any more; a thousand more are allowed at once.
  for (let elapsedMs = 0; elapsedMs < 2000; elapsedMs += 40) {
    ask(all);
    await vi.advanceTimersByTimeAsync(40);
  }
  expect(sent.length).toBeGreaterThan(2000);
  expect(sent.length).toBeLessThan(2 * 3000);
});
