import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAudioFile } from '../../../src/native/codec/audio-file.ts';
import { ffmpeg, hasFfmpeg, tone, wavFile } from '../../support/sound.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await writeFile(join(folder, 'tone.wav'), wavFile(44_100, tone(440, 44_100, 1), tone(440, 44_100, 1)));
});

afterAll(() => rm(folder, { recursive: true }));

interface Heard {
  readonly seconds: number;
  readonly rms: number;
  readonly truncated: boolean;
  readonly durationUs: number | undefined;
}

async function hear(name: string, bytes?: AsyncIterable<Uint8Array>): Promise<Heard> {
  const file = await openAudioFile(join(folder, name), bytes);
  let count = 0;
  let energy = 0;
  for await (const samples of file.samples()) {
    count += samples.length;
    for (const sample of samples) energy += sample * sample;
  }
  await file.close();
  const { sampleRateHz, truncated, durationUs } = file;
  return { seconds: count / sampleRateHz, rms: Math.sqrt(energy / count), truncated, durationUs };
}

test('openAudioFile() reads WAV by itself', async () => {
  const heard = await hear('tone.wav');
  expect(heard).toMatchObject({ seconds: 1, truncated: false, durationUs: 1_000_000 });
  expect(heard.rms).toBeCloseTo(0.5 / Math.SQRT2, 3);
});

describe.skipIf(!hasFfmpeg)('openAudioFile() reads with ffmpeg', () => {
  test.each([
    ['tone.flac', []],
    ['tone.mp3', []],
    ['tone.ogg', ['-c:a', 'libopus']],
    ['vorbis.ogg', ['-c:a', 'libvorbis']],
    ['tone.webm', ['-c:a', 'libopus']],
    ['tone.m4a', ['-c:a', 'aac']],
    ['tone.aac', ['-c:a', 'aac']],
    ['tone.aiff', []],
    ['adpcm.wav', ['-c:a', 'adpcm_ms']],
    ['low.mp3', ['-ar', '8000', '-ac', '1']],
  ])('%s, from a file and from a stream', async (name, options) => {
    ffmpeg(join(folder, 'tone.wav'), join(folder, name), ...options);
    for (const bytes of [undefined, createReadStream(join(folder, name), { highWaterMark: 1000 })]) {
      const heard = await hear(name, bytes);
      expect(heard.seconds).toBeGreaterThan(0.95);
      expect(heard.seconds).toBeLessThan(1.1);
      expect(heard.rms).toBeGreaterThan(0.3);
      expect(heard.truncated).toBe(false);
    }
  });

  test('a short sound that is decoded long before it is asked for', async () => {
    // Short enough for the pipe, so that ffmpeg is done and gone.
    ffmpeg(join(folder, 'tone.wav'), join(folder, 'early.mp3'), '-t', '0.3');
    const file = await openAudioFile(join(folder, 'early.mp3'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    let count = 0;
    for await (const samples of file.samples()) count += samples.length;
    await file.close();
    expect(count / file.sampleRateHz).toBeCloseTo(0.3, 1);
  });

  test('what is left of a file that was cut off', async () => {
    ffmpeg(join(folder, 'tone.wav'), join(folder, 'cut.flac'));
    const whole = await readFile(join(folder, 'cut.flac'));
    await truncate(join(folder, 'cut.flac'), Math.floor(whole.length / 2));
    const heard = await hear('cut.flac');
    expect(heard.seconds).toBeGreaterThan(0.2);
    expect(heard.seconds).toBeLessThan(0.8);
    expect(heard.truncated).toBe(true);
  });

  test('a picture without sound as a clear error', async () => {
    const picture = Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(16 * 16 * 1.5, 128)]);
    await writeFile(join(folder, 'grey.y4m'), Buffer.concat([Buffer.from('YUV4MPEG2 W16 H16 F25:1\n'), picture]));
    ffmpeg(join(folder, 'grey.y4m'), join(folder, 'silent.webm'));
    await expect(hear('silent.webm')).rejects.toThrow(/found no sound in this WebM file/);
  });

  test('no file that another one names', async () => {
    await writeFile(join(folder, 'list.mp3'), `#EXTM3U\n#EXTINF:1,\n${join(folder, 'tone.wav')}\n`);
    await expect(hear('list.mp3')).rejects.toMatchObject({ code: 'AUDIO_UNREADABLE' });
  });
});

test.each([
  ['missing.wav', undefined, 'AUDIO_UNREADABLE', /there is no such file/],
  ['empty.wav', '', 'AUDIO_EMPTY', /the file is empty/],
  ['text.wav', 'Not a sound at all, only words.', 'AUDIO_UNREADABLE', /no sound file that is known here \(WAV, FLAC/],
  ['nothing.wav', wavFile(16_000, new Float32Array(0)), 'AUDIO_EMPTY', /not one sample/],
  ['noise.flac', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(500, 7)]), 'AUDIO_UNREADABLE', /noise.flac/],
])('openAudioFile() refuses %s', async (name, content, code, message) => {
  if (content !== undefined) await writeFile(join(folder, name), content);
  await expect(hear(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test('openAudioFile() refuses a folder', async () => {
  await expect(openAudioFile(folder)).rejects.toThrow(/it is a folder/);
});
