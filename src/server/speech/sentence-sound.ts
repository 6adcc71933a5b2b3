import { setImmediate as nextTurn } from 'node:timers/promises';
import { Resampler } from '../../media/audio/resampler.ts';
import { findPauses, shareOut, type WordTiming } from '../../media/sync/captions.ts';
import { OPUS_FRAME_SAMPLES, OPUS_RATE_HZ, type OpusEncoder } from '../../native/codec/opus-encoder.ts';
import type { SpeechChunk } from './voice.ts';

/** A piece of a sentence that is ready to be heard. */
export interface SoundPiece {
  /** 20 ms each. */
  readonly packets: readonly Uint8Array[];
}

/** Below this a voice has not begun yet. */
const SILENCE = 0.004;
/** What stays of the silence after a sentence: voices differ between none and half a second. */
const TAIL_SAMPLES = 0.22 * OPUS_RATE_HZ;
/** Packets that are encoded before the event loop gets a turn: about 5 ms of work. */
const PACKETS_A_TURN = 12;
/**
 * The first are not to wait for the others; but they are spoken at once, and the next must be there before they end: a gap
 * in mid-word moves all that follows away from its captions.
 */
const FIRST_PACKETS = 8;

/**
 * One sentence from a voice's chunks to packets: at 48 kHz, without the silence before its first sound, and with a short
 * one after its last.
 */
export class SentenceSound {
  readonly #encoder: OpusEncoder;
  readonly #heard: Float32Array[] = [];
  #heardSamples = 0;
  #begun = false;
  /** Quiet samples that are only spoken if more sound follows. */
  #quiet: Float32Array[] = [];
  #ready = new Float32Array(0);
  #packetCount = 0;

  constructor(encoder: OpusEncoder) {
    this.#encoder = encoder;
  }

  get durationUs(): number {
    return Math.round((this.#heardSamples / OPUS_RATE_HZ) * 1e6);
  }

  /** Encodes what the chunks bring, piece by piece, as early as it can. */
  async *play(chunks: AsyncIterable<SpeechChunk>): AsyncGenerator<SoundPiece> {
    let resampler: Resampler | undefined;
    let rateHz = 0;
    for await (const chunk of chunks) {
      if (resampler === undefined || rateHz !== chunk.sampleRateHz) {
        if (resampler !== undefined) this.#take(resampler.flush());
        resampler = new Resampler(chunk.sampleRateHz, OPUS_RATE_HZ);
        rateHz = chunk.sampleRateHz;
      }
      // A voice may hand over a whole sentence at once: resampled in one go it would hold up every call.
      for (let from = 0; from < chunk.samples.length; from += rateHz / 4) {
        this.#take(resampler.push(chunk.samples.subarray(from, Math.floor(from + rateHz / 4))));
        yield* this.#encode();
      }
    }
    if (resampler !== undefined) this.#take(resampler.flush());
    this.#keepTail();
    const whole = Math.ceil(this.#ready.length / OPUS_FRAME_SAMPLES) * OPUS_FRAME_SAMPLES;
    this.#ready = append([this.#ready, new Float32Array(whole - this.#ready.length)]);
    yield* this.#encode();
  }

  /** Once all is played: @returns when each word of `text` is spoken, from the first packet on. */
  words(text: string): WordTiming[] {
    const { speech, pauses } = findPauses(append(this.#heard), OPUS_RATE_HZ);
    return shareOut(text, speech.startUs, speech.endUs, pauses);
  }

  #take(samples: Float32Array): void {
    let from = 0;
    if (!this.#begun) {
      const first = samples.findIndex((value) => Math.abs(value) > SILENCE);
      if (first < 0) return;
      this.#begun = true;
      // A plosive begins a little before it is loud.
      from = Math.max(0, first - 240);
    }
    const fresh = samples.subarray(from);
    const last = fresh.findLastIndex((value) => Math.abs(value) > SILENCE);
    if (last < 0) {
      this.#quiet.push(fresh);
      return;
    }
    this.#add([...this.#quiet, fresh.subarray(0, last + 1)]);
    this.#quiet = [fresh.subarray(last + 1)];
  }

  #keepTail(): void {
    const tail = append(this.#quiet).subarray(0, TAIL_SAMPLES);
    if (this.#begun) this.#add([tail, new Float32Array(TAIL_SAMPLES - tail.length)]);
    this.#quiet = [];
  }

  #add(parts: readonly Float32Array[]): void {
    const fresh = append(parts);
    this.#heard.push(fresh);
    this.#heardSamples += fresh.length;
    this.#ready = append([this.#ready, fresh]);
  }

  async *#encode(): AsyncGenerator<SoundPiece> {
    const frames = Math.floor(this.#ready.length / OPUS_FRAME_SAMPLES);
    const samples = this.#ready;
    this.#ready = samples.slice(frames * OPUS_FRAME_SAMPLES);
    for (let first = 0; first < frames;) {
      const packets: Uint8Array[] = [];
      const until = Math.min(frames, first + (this.#packetCount === 0 ? FIRST_PACKETS : PACKETS_A_TURN));
      for (let frame = first; frame < until; frame++) {
        const at = frame * OPUS_FRAME_SAMPLES;
        packets.push(this.#encoder.encode(samples.subarray(at, at + OPUS_FRAME_SAMPLES)));
      }
      first = until;
      this.#packetCount += packets.length;
      yield { packets };
      await nextTurn();
    }
  }
}

function append(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
