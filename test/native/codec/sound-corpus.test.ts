import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAudioFile } from '../../../src/native/codec/audio-file.ts';
import { ffmpegFrom, hasFfmpeg, tone, wavFile } from '../../support/sound.ts';

/**
 * Odd sound files, made by ffmpeg, with ffprobe as the judge of what is in them. A sample is read each time; all of them
 * with VISAVIS_WHOLE_CORPUS=1.
 */
const WHOLE = process.env['VISAVIS_WHOLE_CORPUS'] === '1';
const SAMPLE_EVERY = 12;
const LENGTH_S = 0.73;
const SOURCE_RATE_HZ = 48_000;

interface Kind {
  readonly ending: string;
  readonly options: readonly string[];
  readonly rates: readonly number[];
  readonly channels: readonly number[];
}

const LOW = [8000, 11_025, 16_000];
const HIGH = [22_050, 44_100, 48_000];
const ANY = [...LOW, ...HIGH, 96_000];
const codec = (name: string): string[] => ['-c:a', name];

const KINDS: readonly Kind[] = [
  ...['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le', 'pcm_f64le'].map((name) => ({
    ending: 'wav',
    options: codec(name),
    rates: [11_025, 44_100, 96_000],
    channels: [1, 2],
  })),
  { ending: 'wav', options: codec('pcm_s16le'), rates: [8000, 48_000], channels: [3, 6, 8] },
  { ending: 'wav', options: [...codec('pcm_s24le'), '-rf64', 'always'], rates: [16_000, 48_000], channels: [1, 2] },
  {
    ending: 'wav',
    options: [...codec('pcm_s16le'), '-write_bext', '1', '-metadata', 'title=Duration: 09:00:00.00'],
    rates: [44_100],
    channels: [1, 2],
  },
  ...['pcm_alaw', 'pcm_mulaw', 'adpcm_ms', 'adpcm_ima_wav'].map((name) => ({
    ending: 'wav',
    options: codec(name),
    rates: [8000, 22_050],
    channels: [1, 2],
  })),
  ...['pcm_s8', 'pcm_s16be', 'pcm_s24be', 'pcm_f32be'].map((name) => ({
    ending: 'aiff',
    options: codec(name),
    rates: [22_050, 48_000],
    channels: [1, 2],
  })),
  { ending: 'flac', options: [], rates: ANY, channels: [1, 2] },
  { ending: 'flac', options: ['-sample_fmt', 's32', '-metadata', 'ARTIST=ﷺ Ö'], rates: [44_100], channels: [6] },
  { ending: 'mp3', options: ['-b:a', '64k'], rates: ANY.slice(0, 6), channels: [1, 2] },
  { ending: 'mp3', options: ['-q:a', '4', '-write_xing', '0'], rates: HIGH, channels: [1, 2] },
  {
    ending: 'mp3',
    options: ['-b:a', '128k', '-id3v2_version', '4', '-metadata', 'title=Duration: 1:00'],
    rates: [44_100],
    channels: [2],
  },
  { ending: 'aac', options: ['-f', 'adts'], rates: [...LOW, ...HIGH], channels: [1, 2] },
  { ending: 'm4a', options: codec('aac'), rates: [16_000, 44_100, 48_000], channels: [1, 2, 6] },
  { ending: 'm4a', options: codec('alac'), rates: [44_100, 48_000], channels: [1, 2] },
  {
    ending: 'mp4',
    options: [...codec('aac'), '-movflags', 'frag_keyframe+empty_moov'],
    rates: [44_100],
    channels: [1, 2],
  },
  { ending: 'mp4', options: [...codec('aac'), '-movflags', '+faststart'], rates: [22_050], channels: [1, 2] },
  { ending: 'mp4', options: codec('eac3'), rates: [48_000], channels: [2, 6] },
  { ending: 'mov', options: codec('pcm_s16le'), rates: [44_100, 48_000], channels: [1, 2] },
  { ending: 'ogg', options: codec('libvorbis'), rates: HIGH, channels: [1, 2] },
  { ending: 'ogg', options: codec('libopus'), rates: [8000, 16_000, 48_000], channels: [1, 2] },
  { ending: 'ogg', options: codec('flac'), rates: [16_000, 44_100], channels: [1] },
  { ending: 'ogg', options: codec('libspeex'), rates: [8000, 16_000], channels: [1] },
  { ending: 'webm', options: codec('libopus'), rates: [48_000], channels: [1, 2, 6] },
  { ending: 'webm', options: [...codec('libopus'), '-live', '1'], rates: [48_000], channels: [1, 2] },
  { ending: 'webm', options: codec('libvorbis'), rates: [44_100], channels: [1, 2] },
  { ending: 'mkv', options: codec('pcm_s16le'), rates: [44_100], channels: [1, 2] },
  { ending: 'mkv', options: codec('ac3'), rates: [48_000], channels: [2, 6] },
  { ending: 'mkv', options: codec('wavpack'), rates: [44_100], channels: [1, 2] },
  { ending: 'avi', options: codec('libmp3lame'), rates: [44_100], channels: [1, 2] },
  { ending: 'avi', options: codec('pcm_s16le'), rates: [22_050], channels: [1, 2] },
  { ending: 'mpg', options: codec('mp2'), rates: [44_100, 48_000], channels: [1, 2] },
];

const CORPUS = KINDS.flatMap((kind, index) =>
  kind.rates.flatMap((rate) =>
    kind.channels.map((channels) => ({ ...kind, rate, channels, name: `${index}-${rate}-${channels}.${kind.ending}` })),
  ),
);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await writeFile(join(folder, 'source'), wavFile(SOURCE_RATE_HZ, tone(400, SOURCE_RATE_HZ, LENGTH_S)));
});

afterAll(() => rm(folder, { recursive: true }));

/** How long the sound is that ffprobe decodes, from its first frame to the end of its last; MPEG clocks begin anywhere. */
function judgedSeconds(path: string): number {
  const entries = 'frame=pts_time,nb_samples:stream=sample_rate';
  const args = ['-v', 'error', '-select_streams', 'a:0', '-show_frames', '-show_entries', entries, '-of', 'json', path];
  const { stdout } = spawnSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const { frames, streams } = JSON.parse(stdout) as {
    frames: { pts_time?: string; nb_samples: number }[];
    streams: [{ sample_rate: string }];
  };
  const rate = Number(streams[0].sample_rate);
  const last = frames.at(-1);
  const decodedS = frames.reduce((sum, { nb_samples: count }) => sum + count, 0) / rate;
  if (last?.pts_time === undefined) return decodedS;
  return Number(last.pts_time) - Number(frames[0]?.pts_time ?? 0) + last.nb_samples / rate;
}

test('there are at least 150 files in the corpus', () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(150);
});

describe.skipIf(!hasFfmpeg)('an odd sound file', () => {
  test.each(CORPUS.filter((_, index) => WHOLE || index % SAMPLE_EVERY === 5))(
    '$name $options is heard whole, at its level, without a complaint',
    async ({ name, options, rate, channels }) => {
      const path = join(folder, name);
      const layout = ['-ar', String(rate), '-ac', String(channels)];
      ffmpegFrom(['-f', 'wav', '-i', join(folder, 'source')], path, ...layout, ...options);
      const file = await openAudioFile(path);
      let [count, energy] = [0, 0];
      for await (const samples of file.samples()) {
        count += samples.length;
        for (const sample of samples) energy += sample * sample;
      }
      await file.close();
      const seconds = count / file.sampleRateHz;
      // Codecs fill their last block, and ffprobe counts the delay of MP3 (1105 samples) that players leave out.
      expect(Math.abs(seconds - judgedSeconds(path))).toBeLessThan(0.05 + 1105 / rate);
      expect(seconds).toBeGreaterThan(LENGTH_S - 0.02);
      expect(seconds).toBeLessThan(LENGTH_S + 0.3);
      expect([file.truncated, file.sidesCancelled]).toEqual([false, false]);
      const rms = Math.sqrt(energy / (LENGTH_S * file.sampleRateHz));
      // A tone of half the full level; a mono sound that is spread over many channels loses some.
      expect(rms).toBeGreaterThan(channels > 2 ? 0.05 : 0.2);
      expect(rms).toBeLessThan(0.45);
    },
    30_000,
  );
});
