import { spawnSync } from 'node:child_process';
import { isInstalled } from './programs.ts';

/** @returns a WAV file, 16 bits, interleaved channels of equal length in -1..1. */
export function wavFile(sampleRateHz: number, ...channels: readonly Float32Array[]): Buffer {
  const frameCount = channels[0]?.length ?? 0;
  const bytes = Buffer.alloc(44 + frameCount * channels.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * channels.length * 2, 28);
  bytes.writeUInt16LE(channels.length * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let frame = 0; frame < frameCount; frame++) {
    channels.forEach((channel, index) => {
      const sample = Math.max(-1, Math.min(1, channel[frame] ?? 0));
      bytes.writeInt16LE(Math.round(sample * 0x7fff), 44 + 2 * (frame * channels.length + index));
    });
  }
  return bytes;
}

/** @returns something with the rise and fall of syllables, four a second, on a voice of 120 Hz. */
export function babble(sampleRateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(sampleRateHz * seconds) }, (_, n) => {
    const time = n / sampleRateHz;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * time)) ** 2;
    let voice = 0;
    for (let harmonic = 1; harmonic <= 20; harmonic++) {
      const hz = 120 * harmonic;
      const formants = 1 / (1 + ((hz - 600) / 150) ** 2) + 0.5 / (1 + ((hz - 1400) / 200) ** 2);
      voice += formants * Math.sin(2 * Math.PI * hz * time);
    }
    return 0.25 * syllable * voice;
  });
}

/** @returns an "ah" of 120 Hz that is held, a little unsteady as voices are, with a tenth of a second to begin and end. */
export function heldVowel(sampleRateHz: number, seconds: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: Math.round(sampleRateHz * seconds) }, (_, n) => {
    const time = n / sampleRateHz;
    const unsteady = Math.sin(2 * Math.PI * 5.3 * time) + Math.sin(2 * Math.PI * 1.7 * time);
    phase += (2 * Math.PI * 120 * (1 + 0.008 * unsteady)) / sampleRateHz;
    let voice = 0;
    for (let harmonic = 1; harmonic <= 30; harmonic++) {
      const hz = 120 * harmonic;
      const formant = (atHz: number, widthHz: number): number => 1 / (1 + ((hz - atHz) / widthHz) ** 2);
      const formants = formant(730, 90) + 0.5 * formant(1090, 110) + 0.06 * formant(2440, 160);
      voice += (formants + 0.004) * Math.sin(harmonic * phase);
    }
    return 0.2 * Math.min(1, 10 * time, 10 * (seconds - time)) * voice;
  });
}

export function tone(hz: number, sampleRateHz: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: Math.round(sampleRateHz * seconds) },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / sampleRateHz),
  );
}

/** Whether this machine has ffmpeg and ffprobe, which need not be. */
export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((tool) => isInstalled(tool, '-version'));

/** Converts the file `input` into the file `to`. */
export function ffmpeg(input: string, to: string, ...options: readonly string[]): void {
  ffmpegFrom(['-i', input], to, ...options);
}

/** @param inputs - ffmpeg's arguments that name what is read. */
export function ffmpegFrom(inputs: readonly string[], to: string, ...options: readonly string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-y', '-loglevel', 'error', ...inputs, ...options, to], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}
