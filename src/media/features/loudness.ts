import { mediaTimeUs, US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';

/** Quieter than a voice's loud parts by this is a pause, if it lasts. */
const PAUSE_BELOW_DB = 36;
/** Whatever the voice: below this there is nothing to hear. */
const NOTHING_DBFS = -70;
/** Shorter gaps are stops and hesitations, in which a mouth need not close. */
const SHORTEST_PAUSE_US = 500_000;
/**
 * Talkers keep their lips apart for a third of a second after a sound, for all that they know it goes on, and open them
 * before the next (Tilsen et al. 2016: articulators lead by 100 to 200 ms).
 */
const CLOSING_US = 360_000;
const OPENING_US = 160_000;

/** A span of sound without voice. */
export interface Pause {
  readonly startUs: MediaTimeUs;
  readonly endUs: MediaTimeUs;
}

/** @returns root mean square of the sound around each frame of a rate, `[frames]`. */
export function loudnessSeries(samples: Float32Array, sampleRateHz: number, framesPerSecond: number): Float32Array {
  const step = sampleRateHz / framesPerSecond;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, frame) => {
    const start = Math.max(0, Math.round((frame - 0.5) * step));
    const end = Math.min(samples.length, Math.round((frame + 0.5) * step));
    let energy = 0;
    for (let index = start; index < end; index++) energy += samples[index]! ** 2;
    return Math.sqrt(energy / (end - start));
  });
}

/** @returns where a mouth has reason to be closed: pauses of the voice, less the time that lips take. */
export function pausesOf(samples: Float32Array, sampleRateHz: number): Pause[] {
  const frameUs = 20_000;
  const loudness = loudnessSeries(samples, sampleRateHz, US_PER_S / frameUs);
  const loud = loudness.toSorted()[Math.floor(0.95 * loudness.length)] ?? 0;
  const limit = Math.max(10 ** (NOTHING_DBFS / 20), loud * 10 ** (-PAUSE_BELOW_DB / 20));
  const pauses: Pause[] = [];
  let start = 0;
  for (let frame = 0; frame <= loudness.length; frame++) {
    if (frame < loudness.length && loudness[frame]! < limit) continue;
    if ((frame - start) * frameUs >= SHORTEST_PAUSE_US) {
      // Nobody speaks before the first sound and after the last.
      const startUs = start === 0 ? 0 : start * frameUs + CLOSING_US;
      const endUs = frame === loudness.length ? frame * frameUs : frame * frameUs - OPENING_US;
      pauses.push({ startUs: mediaTimeUs(startUs), endUs: mediaTimeUs(endUs) });
    }
    start = frame + 1;
  }
  return pauses;
}
