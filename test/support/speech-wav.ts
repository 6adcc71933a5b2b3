import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

const SAMPLE_RATE_HZ = 48_000;
const PITCH_HZ = 130;
/** Syllables a second, as in unhurried speech. */
const SYLLABLES_HZ = 3.5;
/** First two formants of an open vowel (a): Peterson and Barney 1952. */
const FORMANTS = [
  { hz: 730, bandwidthHz: 90 },
  { hz: 1090, bandwidthHz: 110 },
] as const;

const WORDS = 'My mother may buy apples, bananas and a lot of other beautiful things above the market today.';

/**
 * Writes a WAV file that Chromium's fake microphone plays round and round: `speechS` of speech, then `silenceS` of
 * silence. The speech is espeak-ng's where it is installed, else "a-a-a" in syllables.
 */
export async function writeSpeechWav(path: string, speechS: number, silenceS: number): Promise<void> {
  const speech = spoken(Math.round(speechS * SAMPLE_RATE_HZ)) ?? vowels(Math.round(speechS * SAMPLE_RATE_HZ));
  const samples = new Float32Array(speech.length + Math.round(silenceS * SAMPLE_RATE_HZ));
  samples.set(speech);
  await writeFile(path, wav(samples));
}

function spoken(length: number): Float32Array | undefined {
  const { status, stdout } = spawnSync('espeak-ng', ['--stdout', WORDS]);
  if (status !== 0 || stdout.length < 1000) return undefined;
  // What espeak-ng writes to a pipe: 16-bit mono at the rate its header says, and a length it could not know.
  const rate = stdout.readUInt32LE(24);
  const bytes = stdout.subarray(44);
  const samples = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    const from = Math.floor((at * rate) / SAMPLE_RATE_HZ) * 2;
    if (from + 1 < bytes.length) samples[at] = bytes.readInt16LE(from) / 32_768;
  }
  return samples;
}

function vowels(length: number): Float32Array {
  const samples = new Float32Array(length);
  // A buzz at the pitch, with the -12 dB an octave of a voice, through one resonance after the other.
  let phase = 0;
  let smoothed = 0;
  for (let at = 0; at < length; at++) {
    phase += PITCH_HZ / SAMPLE_RATE_HZ;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    smoothed += 0.12 * (pulse - smoothed);
    samples[at] = smoothed;
  }
  for (const { hz, bandwidthHz } of FORMANTS) {
    const radius = Math.exp((-Math.PI * bandwidthHz) / SAMPLE_RATE_HZ);
    const a1 = 2 * radius * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE_HZ);
    const a2 = -radius * radius;
    let [before, last] = [0, 0];
    for (let at = 0; at < length; at++) {
      const value = samples[at]! + a1 * last + a2 * before;
      [before, last] = [last, value];
      samples[at] = value;
    }
  }
  let loudest = 0;
  for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  for (let at = 0; at < length; at++) {
    const syllable = Math.max(0, Math.sin(2 * Math.PI * SYLLABLES_HZ * (at / SAMPLE_RATE_HZ)));
    samples[at] = (samples[at]! / loudest) * 0.7 * syllable;
  }
  return samples;
}

function wav(samples: Float32Array): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  file.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, at) => file.writeInt16LE(Math.round(sample * 32_767), 44 + at * 2));
  return file;
}
