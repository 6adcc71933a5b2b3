import {
  GenericNack,
  RTCRtpCodecParameters,
  RtcpTransportLayerFeedback,
  RTCRtpSender,
  type RTCDtlsTransport,
  type RtpHeader,
} from 'werift';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StreamSender, VIDEO_CLOCK_HZ } from '../../../src/peer/rtc/stream-sender.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';

const sent: number[] = [];
const numbers: number[] = [];
let sender: RTCRtpSender;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = numbers.length = 0;
  sender = new RTCRtpSender('video');
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
});
afterEach(() => vi.useRealTimers());

/** Sends packets that end with 0, 1, 2 … @returns the first one's sequence number. */
async function sendPackets(count: number, repeatsUnasked = false): Promise<number> {
  const stream = new StreamSender(sender, { clockHz: VIDEO_CLOCK_HZ, captureTimeId: undefined, random: () => 0.5 });
  stream.repeatsUnasked = repeatsUnasked;
  const payloads = Array.from({ length: count }, (_, index) => Uint8Array.of(9, index));
  stream.send(payloads, mediaTimeUs(0), 0n);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.splice(0)).toHaveLength(count);
  return numbers[0] ?? NaN;
}

function ask(lost: number[]): void {
  sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback: new GenericNack({ lost }) }));
}

it('sends what was asked for twice, a moment apart, and nothing else', async () => {
  const first = await sendPackets(6);
  ask([first + 2, first + 4]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([2, 4]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([2, 4, 2, 4]);
});

it('sends all twice, unasked, where the link loses some, and what is asked for even then', async () => {
  const first = await sendPackets(3, true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent.splice(0)).toEqual([0, 1, 2]);
  ask([first + 1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([1, 1]);
});

it('answers a flood of requests with no more than a few repetitions', async () => {
  const first = await sendPackets(2);
  for (let request = 0; request < 500; request++) ask([first]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent.length).toBeGreaterThan(500);
  expect(sent.length).toBeLessThan(520);
});
