import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAudioFile } from '../../../src/native/codec/audio-file.ts';
import { ffmpeg, ffmpegFrom, hasFfmpeg, tone, wavFile } from '../../support/sound.ts';

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
  readonly sidesCancelled: boolean;
  /** When the sound is first louder than a tenth of its peak. */
  readonly beginsS: number;
}

async function hear(name: string, bytes?: AsyncIterable<Uint8Array>): Promise<Heard> {
  const file = await openAudioFile(join(folder, name), bytes);
  let count = 0;
  let energy = 0;
  let begins = Infinity;
  for await (const samples of file.samples()) {
    const loud = samples.findIndex((sample) => Math.abs(sample) > 0.05);
    if (loud >= 0) begins = Math.min(begins, count + loud);
    count += samples.length;
    for (const sample of samples) energy += sample * sample;
  }
  await file.close();
  const { sampleRateHz, truncated, durationUs, sidesCancelled } = file;
  const beginsS = begins / sampleRateHz;
  return {
    seconds: count / sampleRateHz,
    rms: Math.sqrt(energy / count),
    beginsS,
    truncated,
    durationUs,
    sidesCancelled,
  };
}

test('openAudioFile() reads WAV', async () => {
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

  test.each([
    ['late.webm', ['-c:a', 'libopus']],
    ['late.mkv', ['-c:a', 'flac']],
    ['late.mp4', ['-c:a', 'aac']],
  ])('%s, in which sound begins after the pictures, in its place', async (name, options) => {
    const film = ['-f', 'lavfi', '-i', 'color=size=16x16:rate=5:duration=4'];
    const sound = ['-itsoffset', '2', '-i', join(folder, 'tone.wav')];
    ffmpegFrom([...film, ...sound], join(folder, name), '-map', '0:v', '-map', '1:a', ...options);
    const heard = await hear(name);
    expect(heard.beginsS).toBeCloseTo(2, 1);
    expect(heard.seconds).toBeCloseTo(3, 1);
    // The pictures go on after the sound: nothing is missing.
    expect(heard.truncated).toBe(false);
  });

  test('a hole in the sound as silence', async () => {
    const cut = "aselect='not(between(t,0.3,0.6))'";
    ffmpeg(join(folder, 'tone.wav'), join(folder, 'hole.mkv'), '-af', cut, '-c:a', 'pcm_s16le');
    expect((await hear('hole.mkv')).seconds).toBeCloseTo(1, 1);
  });

  test.each([0, 0x7ffff000, 0xffffffff])('WAV from a pipe, whose header says %d bytes', async (size) => {
    const bytes = await readFile(join(folder, 'tone.wav'));
    bytes.writeUInt32LE(size, bytes.indexOf('data') + 4);
    await writeFile(join(folder, 'piped.wav'), bytes);
    expect(await hear('piped.wav')).toMatchObject({ truncated: false, seconds: 1 });
  });

  test('WAV that breaks off', async () => {
    const bytes = await readFile(join(folder, 'tone.wav'));
    await writeFile(join(folder, 'broken.wav'), bytes.subarray(0, bytes.length / 2));
    expect((await hear('broken.wav')).truncated).toBe(true);
  });

  test.each(['RF64', 'BW64'])('%s with its length in ds64, and a chunk behind the sound', async (name) => {
    const plain = await readFile(join(folder, 'tone.wav'));
    const ds64 = Buffer.alloc(36);
    ds64.write('ds64');
    ds64.writeUInt32LE(28, 4);
    ds64.writeBigUInt64LE(BigInt(plain.length - 44), 16);
    const rest = Buffer.from(plain.subarray(12));
    rest.writeUInt32LE(0xffffffff, rest.indexOf('data') + 4);
    const trailing = Buffer.concat([Buffer.from('junk\x10\x27\x00\x00', 'latin1'), Buffer.alloc(10_000, 99)]);
    await writeFile(
      join(folder, `${name}.wav`),
      Buffer.concat([Buffer.from(`${name}\xff\xff\xff\xffWAVE`, 'latin1'), ds64, rest, trailing]),
    );
    expect(await hear(`${name}.wav`)).toMatchObject({ seconds: 1, truncated: false, durationUs: 1_000_000 });
  });

  test('the centre of 5.1 in WAV as loudly as in FLAC', async () => {
    const centre = 'pan=5.1|FC=c0';
    for (const name of ['centre.wav', 'centre.flac'])
      ffmpeg(join(folder, 'tone.wav'), join(folder, name), '-af', centre);
    const [wav, flac] = [await hear('centre.wav'), await hear('centre.flac')];
    expect(wav.rms).toBeGreaterThan(0.1);
    expect(wav.rms).toBeCloseTo(flac.rms, 3);
  });

  test('stereo whose sides cancel each other, with the voice kept', async () => {
    const left = tone(440, 16_000, 1);
    await writeFile(
      join(folder, 'antiphase.wav'),
      wavFile(
        16_000,
        left,
        left.map((sample) => -sample),
      ),
    );
    const heard = await hear('antiphase.wav');
    expect(heard.sidesCancelled).toBe(true);
    expect(heard.rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
    expect((await hear('tone.wav')).sidesCancelled).toBe(false);
  });

  test('a length from the header, and none from a title or from a guess', async () => {
    ffmpeg(join(folder, 'tone.wav'), join(folder, 'title.mp3'), '-metadata', 'title=Duration: 01:02:03.00');
    expect(await hear('title.mp3')).toMatchObject({ truncated: false });
    // Silence first: the bit rate of the beginning promises an hour.
    ffmpeg(join(folder, 'tone.wav'), join(folder, 'quiet.aac'), '-af', 'adelay=3000:all=1', '-c:a', 'aac');
    expect(await hear('quiet.aac')).toMatchObject({ truncated: false });
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
