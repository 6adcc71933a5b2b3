import { describe, expect, test } from 'vitest';
import { mediaTimeUs, monotonicUs } from '../../../src/base/timeline.ts';
import { SoundTrack, type SoundDecoder, type SoundPacket } from '../../../src/media/audio/sound-track.ts';

/** 20 ms of SILK wideband, by its table of contents. */
const packetOf = (content: number): Uint8Array => Uint8Array.of(0x48, content);
const steady = (value: number): SoundDecoder => ({
  decode: () => new Float32Array(320).fill(value),
  conceal: () => undefined,
});

/** A caller whose microphone brings `microphone` all the time, and who types ten packets of speech after 200 ms. */
function typeOver(microphone: number, mute = false) {
  const mixed: Float32Array[] = [];
  const mixer = {
    encode: (samples: Float32Array): Uint8Array => {
      mixed.push(samples.slice());
      return packetOf(7);
    },
  };
  const track = new SoundTrack(steady(microphone), steady(0.1), mixer);
  const sent: SoundPacket[] = [];
  const heard: Float32Array[] = [];
  if (mute) track.mute(true);
  for (let index = 0; index < 40; index++) {
    const now = monotonicUs(index * 20_000);
    if (index === 10) track.speak(Array.from({ length: 10 }, () => packetOf(2)));
    const packet = { sequenceNumber: index, rtpTimestamp: index * 960, data: packetOf(1) };
    for (const { packets, samples } of [track.push(packet, 1, now), track.fill(mediaTimeUs(index * 20_000), now)]) {
      sent.push(...packets);
      heard.push(...samples);
    }
  }
  return { mixed, contents: sent.map(({ data }) => data[1]), sent, heard, track };
}

describe('SoundTrack, with a microphone that speaks while typed text is spoken', () => {
  test('lowers the microphone and mixes it in, and gives it back afterwards', () => {
    const { mixed, contents, sent } = typeOver(0.5);
    expect(contents.filter((content) => content === 2)).toHaveLength(10 - mixed.length);
    expect(mixed.length).toBeGreaterThan(6);
    // The voice at its own strength, and a fifth of the microphone.
    for (const samples of mixed.slice(1)) for (const value of samples) expect(value).toBeCloseTo(0.1 + 0.2 * 0.5, 5);
    // No step where the lowering begins.
    expect(mixed[0]?.[0]).toBeCloseTo(0.6, 2);
    expect(contents.at(0)).toBe(1);
    expect(contents.at(-1)).toBe(1);
    // One stream goes on: numbers without a jump, times without an overlap.
    for (let at = 1; at < sent.length; at++) {
      expect(sent[at]!.startUs - sent[at - 1]!.startUs).toBeGreaterThanOrEqual(20_000);
    }
  });

  test('moves the face by what was typed alone', () => {
    const { heard } = typeOver(0.5);
    const values = new Set(heard.flatMap((samples) => [...samples]).map((value) => Math.round(value * 100) / 100));
    expect([...values].sort()).toEqual([0.1, 0.5]);
  });

  test('hears who talks meanwhile', () => {
    expect(typeOver(0.5).track.talking).toBe(true);
  });

  test.each([
    ['quiet', 0.001, false],
    ['muted', 0.5, true],
  ])('leaves the packets of the voice as they are when the microphone is %s', (_what, level, mute) => {
    const { mixed, contents } = typeOver(level, mute);
    expect(mixed).toEqual([]);
    expect(contents.filter((content) => content === 2)).toHaveLength(10);
  });
});

test('SoundTrack speaks typed text without a gap, however seldom it is asked', () => {
  const track = new SoundTrack(steady(0), steady(0.1));
  track.fill(mediaTimeUs(0), monotonicUs(0));
  track.speak(Array.from({ length: 60 }, () => packetOf(2)));
  const sent: SoundPacket[] = [];
  const heard: Float32Array[] = [];
  // A busy machine asks after 5 to 150 ms.
  for (let ms = 10, index = 0; ms < 1400; ms += 5 + ((index * 67) % 146), index++) {
    const { packets, samples } = track.fill(mediaTimeUs(ms * 1000), monotonicUs(ms * 1000));
    sent.push(...packets);
    heard.push(...samples);
  }
  expect(sent).toHaveLength(60);
  for (let at = 1; at < sent.length; at++) expect(sent[at]!.startUs - sent[at - 1]!.startUs).toBe(20_000);
  const spoken = heard.flatMap((samples) => [...samples]).map((value) => value > 0);
  expect(spoken.lastIndexOf(true) - spoken.indexOf(true)).toBe(60 * 320 - 1);
});
