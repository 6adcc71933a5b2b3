import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { isKeyframe, Vp8Encoder } from '../../../src/native/codec/vp8/vp8-encoder.ts';

const SIZE = 128;
const OPTIONS = { widthPx: SIZE, heightPx: SIZE, bitrateBps: 500_000, framesPerSecond: 25 };

/** A soft texture that wanders, as a head does. */
function picture(index: number): Uint8Array {
  const i420 = new Uint8Array((SIZE * SIZE * 3) / 2).fill(128);
  const random = seededRandom(7);
  const grain = Float32Array.from({ length: SIZE * SIZE }, () => random.uniform() * 40);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const wave = 60 * Math.sin((x + 3 * index) / 9) * Math.cos((y + 2 * index) / 7);
      i420[y * SIZE + x] = 110 + wave + grain[((y + index) % SIZE) * SIZE + ((x + index) % SIZE)]!;
    }
  return i420;
}

function run(encoder: Vp8Encoder, first: number, count: number): number {
  let bytes = 0;
  for (let index = first; index < first + count; index++)
    bytes += encoder.encode(picture(index), mediaTimeUs(index * 40_000), false)?.data.length ?? 0;
  return bytes;
}

describe('Vp8Encoder', () => {
  it('starts with a keyframe of the right size, and makes another only when asked', () => {
    const encoder = Vp8Encoder.open(OPTIONS);
    const keyframes: number[] = [];
    for (let index = 0; index < 60; index++) {
      const frame = encoder.encode(picture(index), mediaTimeUs(index * 40_000), index === 30);
      expect(frame?.timeUs).toBe(index * 40_000);
      if (frame?.keyframe) {
        keyframes.push(index);
        // RFC 6386, 9.1: start code, then 14 bits each of width and height.
        const view = new DataView(frame.data.buffer);
        expect([...frame.data.subarray(3, 6)]).toEqual([0x9d, 0x01, 0x2a]);
        expect([view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff]).toEqual([SIZE, SIZE]);
      }
    }
    expect(keyframes).toEqual([0, 30]);
    encoder.close();
  });

  it('follows a bitrate that changes, without a keyframe', () => {
    const encoder = Vp8Encoder.open({ ...OPTIONS, bitrateBps: 600_000 });
    run(encoder, 0, 50);
    const high = run(encoder, 50, 50);
    encoder.setBitrate(150_000);
    run(encoder, 100, 25);
    const low = run(encoder, 125, 50);
    const after = encoder.encode(picture(175), mediaTimeUs(175 * 40_000), false);
    expect(low).toBeLessThan(high * 0.6);
    expect(after?.keyframe).toBe(false);
    encoder.close();
  });

  it.each([
    ['an odd width', { widthPx: 127 }],
    ['no height', { heightPx: 0 }],
    ['a width that VP8 cannot code', { widthPx: 20_000 }],
    ['a bitrate that is not a number', { bitrateBps: Number.NaN }],
    ['a negative bitrate', { bitrateBps: -1 }],
    ['a frame rate of none', { framesPerSecond: 0 }],
  ])('refuses %s', (_, wrong) => {
    expect(() => Vp8Encoder.open({ ...OPTIONS, ...wrong })).toThrow(/Cannot open a VP8 encoder/);
  });

  it('refuses a picture of another size, a time that stands still, and work after closing', () => {
    const encoder = Vp8Encoder.open(OPTIONS);
    expect(() => encoder.encode(new Uint8Array(10), mediaTimeUs(0), false)).toThrow(/10 bytes.*24576/);
    expect(() => encoder.encode('picture' as never, mediaTimeUs(0), false)).toThrow(/Uint8Array/);
    expect(() => encoder.encode(new Float32Array(24576) as never, mediaTimeUs(0), false)).toThrow(/Uint8Array/);
    encoder.encode(picture(0), mediaTimeUs(1000), false);
    expect(() => encoder.encode(picture(0), mediaTimeUs(1000), false)).toThrow(/move forward/);
    expect(() => encoder.encode(picture(0), mediaTimeUs(2000), 1 as never)).toThrow(/true or false/);
    expect(() => {
      encoder.setBitrate(0);
    }).toThrow(/bitrate/);
    encoder.close();
    encoder.close();
    expect(() => encoder.encode(picture(1), mediaTimeUs(40_000), false)).toThrow(
      expect.objectContaining({ code: 'CODEC_FAILED', message: expect.stringContaining('closed') as string }),
    );
  });

  it('works in a worker thread, and beside one in another', async () => {
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { NativeVp8Encoder } = require(workerData);
      const encoder = new NativeVp8Encoder(128, 128, 500000, 25);
      parentPort.postMessage(encoder.encode(new Uint8Array(24576).fill(90), 0, false).byteLength);
      try { NativeVp8Encoder.prototype.encode.call({}, new Uint8Array(1), 0, false); }
      catch (thrown) { parentPort.postMessage(thrown.message); }`;
    const addon = new URL('../../../build/vp8.node', import.meta.url).pathname;
    const answers = await Promise.all(
      [0, 1].map(async () => {
        const worker = new Worker(source, { eval: true, workerData: addon });
        const heard: unknown[] = [];
        worker.on('message', (message) => heard.push(message));
        await once(worker, 'exit');
        return heard;
      }),
    );
    expect(answers[0]?.[0]).toBeGreaterThan(10);
    expect(answers[0]?.[1]).toMatch(/not a VP8 encoder|Illegal invocation/);
    expect(answers[1]).toEqual(answers[0]);
  });

  it('gives back its memory when closed', () => {
    const cycle = (): void => {
      const encoder = Vp8Encoder.open({ ...OPTIONS, widthPx: 512, heightPx: 512 });
      encoder.encode(new Uint8Array(512 * 768).fill(99), mediaTimeUs(0), false);
      encoder.close();
    };
    for (let turn = 0; turn < 20; turn++) cycle();
    const before = process.memoryUsage().rss;
    for (let turn = 0; turn < 100; turn++) cycle();
    // An encoder of this size holds about 5 MB: one in ten left behind would show.
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  it('tells a keyframe from its first bit', () => {
    expect(isKeyframe(Uint8Array.of(0x10))).toBe(true);
    expect(isKeyframe(Uint8Array.of(0x11))).toBe(false);
    expect(isKeyframe(new Uint8Array())).toBe(false);
  });
});
