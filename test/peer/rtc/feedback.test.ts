import {
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  RtcpReceiverInfo,
  RtcpRrPacket,
} from 'werift';
import { describe, expect, it } from 'vitest';
import { readFeedback } from '../../../src/peer/rtc/feedback.ts';

function overTheWire(bytes: Buffer) {
  return RtcpPacketConverter.deSerialize(bytes).flatMap(readFeedback);
}

describe('readFeedback()', () => {
  it('finds the stream of a PLI by its media source, whoever sends it', () => {
    const feedback = new PictureLossIndication({ senderSsrc: 7, mediaSsrc: 9 });
    expect(overTheWire(new RtcpPayloadSpecificFeedback({ feedback }).serialize())).toEqual([
      { type: 'keyframe-request', ssrc: 9 },
    ]);
  });

  it('finds the streams of a FIR in its entries (RFC 5104, 4.3.1)', () => {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt8(0x84, 0);
    bytes.writeUInt8(206, 1);
    bytes.writeUInt16BE(4, 2);
    bytes.writeUInt32BE(7, 4);
    bytes.writeUInt32BE(0x1234, 12);
    bytes.writeUInt8(1, 16);
    expect(overTheWire(bytes)).toEqual([{ type: 'keyframe-request', ssrc: 0x1234 }]);
  });

  it('hears REMB, and the loss that reports tell of', () => {
    const feedback = new ReceiverEstimatedMaxBitrate({
      senderSsrc: 1,
      ssrcNum: 1,
      brExp: 4,
      brMantissa: 62_500,
      bitrate: 1_000_000n,
      ssrcFeedbacks: [9],
    });
    expect(overTheWire(new RtcpPayloadSpecificFeedback({ feedback }).serialize())).toEqual([
      { type: 'estimate', bitrateBps: 1_000_000 },
    ]);
    const report = new RtcpReceiverInfo({
      ssrc: 9,
      fractionLost: 64,
      packetsLost: 3,
      highestSequence: 1,
      jitter: 0,
      lsr: 0,
      dlsr: 0,
    });
    expect(overTheWire(new RtcpRrPacket({ ssrc: 1, reports: [report] }).serialize())).toEqual([
      { type: 'loss', ssrc: 9, share: 0.25 },
    ]);
  });

  it('passes over feedback it does not know', () => {
    const bytes = Buffer.from('8fce0002000000010000000b', 'hex');
    expect(overTheWire(bytes)).toEqual([]);
  });
});
