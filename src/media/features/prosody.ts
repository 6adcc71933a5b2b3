import { US_PER_S, type MediaTimeUs } from '../../base/timeline.ts';
import { clamp } from '../../base/ramp.ts';
import { SILENT, type VoiceMoment } from '../voice-moment.ts';
import { NoiseFloor } from './noise-floor.ts';
import { PitchTracker } from './pitch.ts';

const BLOCK_US = 20_000;
const BLOCK_S = BLOCK_US / US_PER_S;
/** Gaps between words and stops within them are shorter. */
const HANGOVER_S = 0.3;
/** How long a voice's habits are remembered. */
const LEVEL_MEMORY_S = 6;
const PITCH_MEMORY_S = 8;
const RATE_MEMORY_S = 2;
/** Blocks between looks at the pitch, which is most of the work. */
const PITCH_EVERY = 2;
const RISE_BLOCKS = 10;
/** Syllables follow one another no faster, and dip by so much between. */
const SHORTEST_SYLLABLE_S = 0.11;
const SYLLABLE_DIP_DB = 3;
/** Laughter's notes come four to six a second, evenly, with breath between (Bachorowski et al. 2001). */
const LAUGH_NOTES = 4;
const LAUGH_INTERVAL_S = [0.13, 0.28] as const;
const LAUGH_EVENNESS = 0.2;
const LAUGH_DIP_DB = 9;

/** What can be told of a voice from its level and pitch alone, a block of 20 ms at a time. Any cutting gives the same. */
export class Prosody {
  readonly #blockSamples: number;
  readonly #floor = new NoiseFloor(BLOCK_S);
  readonly #pitch: PitchTracker;
  #moments: VoiceMoment[] = [];
  #firstKept = 0;
  #newest: VoiceMoment | undefined;
  #untold = 0;
  #energy = 0;
  #inBlock = 0;
  #state = freshState();

  constructor(sampleRateHz: number) {
    this.#blockSamples = Math.round(sampleRateHz * BLOCK_S);
    this.#pitch = new PitchTracker(sampleRateHz);
  }

  /** @param samples - mono in -1..1. */
  push(samples: Float32Array): void {
    for (let index = 0; index < samples.length; index++) {
      const sample = Number.isFinite(samples[index]) ? samples[index]! : 0;
      this.#energy += sample * sample;
      this.#pitch.push(sample);
      if (++this.#inBlock < this.#blockSamples) continue;
      const moment = this.#judge(10 * Math.log10(this.#energy / this.#blockSamples + 1e-10));
      this.#moments.push(moment);
      this.#newest = moment;
      this.#untold = Math.max(this.#untold, moment.stress);
      this.#energy = 0;
      this.#inBlock = 0;
    }
  }

  /** @returns the moment whose block ends at `timeUs`: the newest known there; silence before the first. Forgets earlier ones. */
  take(timeUs: MediaTimeUs): VoiceMoment {
    const block = Math.floor(timeUs / BLOCK_US) - 1;
    const newest = this.#moments.length - 1;
    const at = clamp(block - this.#firstKept, 0, Math.max(0, newest));
    const moment = this.#moments[at];
    // Dropping them one by one would be quadratic for a whole file pushed at once.
    if (at >= 1024) {
      this.#moments.splice(0, at);
      this.#firstKept += at;
    }
    return block < 0 ? SILENT : (moment ?? SILENT);
  }

  /** The newest moment that is known, with the strongest stress since it was asked for last. */
  newest(): VoiceMoment {
    const stress = this.#untold;
    this.#untold = 0;
    return { ...(this.#newest ?? SILENT), stress };
  }

  reset(): void {
    this.#floor.reset();
    this.#pitch.reset();
    this.#moments = [];
    this.#firstKept = 0;
    this.#newest = undefined;
    this.#untold = 0;
    this.#energy = 0;
    this.#inBlock = 0;
    this.#state = freshState();
  }

  #judge(levelDb: number): VoiceMoment {
    const state = this.#state;
    const heard = this.#floor.isAbove(levelDb);
    state.sinceHeardS = heard ? 0 : state.sinceHeardS + BLOCK_S;
    const speaking = heard || (state.speaking && state.sinceHeardS < HANGOVER_S);
    state.forS = speaking === state.speaking ? state.forS + BLOCK_S : 0;
    state.speaking = speaking;
    state.blocks++;
    const pitchHz = heard && state.blocks % PITCH_EVERY === 0 ? this.#pitch.pitchHz() : undefined;
    if (heard) state.meanDb += (levelDb - state.meanDb) * shareOf(LEVEL_MEMORY_S, (state.heardS += BLOCK_S));
    if (pitchHz !== undefined) {
      const semitones = 12 * Math.log2(pitchHz / 100);
      state.voicedS += PITCH_EVERY * BLOCK_S;
      state.meanPitch += (semitones - state.meanPitch) * PITCH_EVERY * shareOf(PITCH_MEMORY_S, state.voicedS);
      state.voicedNote = true;
      state.pitch = clamp(semitones - state.meanPitch, -12, 12);
    }
    state.pitches.push(state.pitch);
    if (state.pitches.length > RISE_BLOCKS) state.pitches.shift();
    const stress = this.#nucleus(levelDb, heard);
    state.rate += ((stress > 0 ? 1 / BLOCK_S : 0) - state.rate) * (BLOCK_S / RATE_MEMORY_S);
    return {
      speaking,
      forS: state.forS,
      loudDb: heard ? clamp(levelDb - state.meanDb, -20, 20) : -20,
      pitch: state.pitch,
      rise: state.pitch - state.pitches[0]!,
      stress,
      rate: state.rate,
      laughing: speaking && laughs(state.notes),
    };
  }

  /** @returns the stress of a syllable whose peak was the block before, or 0. */
  #nucleus(levelDb: number, heard: boolean): number {
    const state = this.#state;
    const before = state.smoothDb;
    state.smoothDb += (levelDb - before) * 0.5;
    state.sinceNoteS += BLOCK_S;
    state.dipDb = Math.min(state.dipDb, state.smoothDb);
    const falls = state.rises && state.smoothDb < before;
    state.rises = state.smoothDb > before;
    if (!heard || !falls || state.sinceNoteS < SHORTEST_SYLLABLE_S || before - state.dipDb < SYLLABLE_DIP_DB) return 0;
    state.notes.push({ intervalS: state.sinceNoteS, dipDb: before - state.dipDb, voiced: state.voicedNote });
    state.voicedNote = false;
    if (state.notes.length > LAUGH_NOTES) state.notes.shift();
    state.sinceNoteS = 0;
    state.dipDb = state.smoothDb;
    return clamp(0.4 + (before - state.meanDb) / 14 + state.pitch / 16, 0.05, 1);
  }
}

interface Note {
  readonly intervalS: number;
  readonly dipDb: number;
  readonly voiced: boolean;
}

function freshState() {
  return {
    speaking: false,
    forS: SILENT.forS,
    sinceHeardS: 60,
    heardS: 0,
    voicedS: 0,
    meanDb: -30,
    meanPitch: 0,
    pitch: 0,
    pitches: [] as number[],
    smoothDb: -100,
    dipDb: -100,
    rises: false,
    sinceNoteS: 0,
    rate: 0,
    notes: [] as Note[],
    voicedNote: false,
    blocks: 0,
  };
}

/** A mean over all that was heard at first, over the memory later. */
function shareOf(memoryS: number, heardS: number): number {
  return BLOCK_S / Math.min(memoryS, heardS);
}

function laughs(notes: readonly Note[]): boolean {
  if (notes.length < LAUGH_NOTES) return false;
  const mean = notes.reduce((sum, { intervalS }) => sum + intervalS, 0) / notes.length;
  const spread = Math.sqrt(notes.reduce((sum, { intervalS }) => sum + (intervalS - mean) ** 2, 0) / notes.length);
  const [shortest, longest] = LAUGH_INTERVAL_S;
  return (
    mean > shortest &&
    mean < longest &&
    spread < LAUGH_EVENNESS * mean &&
    notes.every(({ dipDb, voiced }) => voiced && dipDb > LAUGH_DIP_DB)
  );
}
