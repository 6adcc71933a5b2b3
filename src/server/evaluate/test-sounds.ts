import { seededRandom } from '../../base/random.ts';

export const TEST_RATE_HZ = 16_000;

/** Room noise at -35 dBFS: white noise through a gentle low-pass, with a hum. */
export function noiseSound(seconds: number): Float32Array {
  const random = seededRandom(11);
  let low = 0;
  return make(seconds, (time) => {
    low += 0.2 * (random.normal() - low);
    return 0.03 * low + 0.004 * Math.sin(2 * Math.PI * 100 * time);
  });
}

/** Instruments without a voice: plucked chords over a beat. */
export function musicSound(seconds: number): Float32Array {
  const random = seededRandom(12);
  const chords = [
    [220, 277.2, 329.6],
    [196, 246.9, 293.7],
    [174.6, 220, 261.6],
    [164.8, 207.7, 246.9],
  ];
  return make(seconds, (time) => {
    const chord = chords[Math.floor(time) % chords.length] ?? [];
    const pluck = Math.exp(-3 * (time % 0.5));
    let sound = 0;
    for (const hz of chord) {
      for (let harmonic = 1; harmonic <= 4; harmonic++)
        sound += Math.sin(2 * Math.PI * hz * harmonic * time) / harmonic ** 2;
    }
    const drum = random.normal() * Math.exp(-40 * (time % 0.25));
    return 0.12 * pluck * sound + 0.08 * drum;
  });
}

/** A synthetic voice of varying vowels, pitch and pauses: nobody's speech, but enough to make a face talk. */
export function voiceSound(seconds: number): Float32Array {
  const formants = [
    [730, 1090],
    [270, 2290],
    [300, 870],
    [530, 1840],
  ];
  let phase = 0;
  return make(seconds, (time) => {
    const [first = 700, second = 1100] = formants[Math.floor(time * 2.5) % formants.length] ?? [];
    const hz = 130 + 25 * Math.sin(2 * Math.PI * 0.7 * time) + 10 * Math.sin(2 * Math.PI * 2.3 * time);
    phase += (2 * Math.PI * hz) / TEST_RATE_HZ;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.2 * time)) * (time % 4 < 3.2 ? 1 : 0);
    let sound = 0;
    for (let harmonic = 1; harmonic <= 24; harmonic++) {
      const at = hz * harmonic;
      const gain = 1 / (1 + ((at - first) / 90) ** 2) + 0.5 / (1 + ((at - second) / 130) ** 2);
      sound += gain * Math.sin(harmonic * phase);
    }
    return 0.15 * syllable * sound;
  });
}

function make(seconds: number, sample: (time: number) => number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * TEST_RATE_HZ) }, (_, n) => sample(n / TEST_RATE_HZ));
}
