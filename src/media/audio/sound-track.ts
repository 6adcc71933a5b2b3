import { BoundedQueue } from '../../base/bounded-queue.ts';
import type { AudioPacket } from '../../base/media.ts';
import { advance, type MediaTimeUs, type MonotonicUs } from '../../base/timeline.ts';
import { GapFiller, type SoundStep } from './gap-filler.ts';
import { JitterBuffer, type OrderedPacket } from './jitter-buffer.ts';
import { readOpusShape } from './opus-toc.ts';

/** Opus to samples; one stream, in order. */
export interface SoundDecoder {
  /** @returns mono at `SOUND_RATE_HZ`; `undefined` when the packet cannot be decoded. */
  decode(packet: Uint8Array): Float32Array | undefined;
  /** What may have been said in a packet that was lost. */
  conceal(durationUs: number): Float32Array | undefined;
}

export const SOUND_RATE_HZ = 16_000;
const SAMPLES_PER_MS = SOUND_RATE_HZ / 1000;

/** Samples to Opus, for sound that is made of two. */
export interface SoundEncoder {
  /** @param samples - 20 ms of mono at `SOUND_RATE_HZ`. @returns the packet; nothing while the encoder is not ready. */
  encode(samples: Float32Array): Uint8Array | undefined;
}

/** An Opus packet as it came, for those who listen. */
export interface SoundPacket {
  readonly startUs: MediaTimeUs;
  /** Numbers of packets that were lost are left out, so that a listener's decoder knows of them; does not wrap. */
  readonly sequence: number;
  readonly data: Uint8Array;
  /** How much queued speech it carries, µs; 0 for the microphone's own packets. */
  readonly speechUs: number;
}

/** What became of the sound: the unbroken sequence for the model, and the packets for the listeners. */
export interface Heard {
  readonly samples: readonly Float32Array[];
  readonly packets: readonly SoundPacket[];
  /** Spans that came in packets, and when. */
  readonly arrivals: readonly Arrival[];
}
export interface Arrival {
  readonly startUs: MediaTimeUs;
  readonly endUs: MediaTimeUs;
  readonly arrivedUs: MonotonicUs;
}

export interface SoundCounts {
  readonly lost: number;
  readonly late: number;
  readonly duplicate: number;
  readonly malformed: number;
  readonly concealedUs: number;
}

/** Packets overtake each other by a few milliseconds; waiting longer only makes a real loss later. */
const REORDER_HOLD_US = 30_000;
/** After this long without a packet there is no stream to wait for. */
const STREAM_GONE_US = 200_000;
/** How far behind the clock a running stream may fall before its next packet counts as lost. */
const UNDERRUN_HOLD_US = 50_000;
/** A minute of typed speech that is made faster than it is spoken. */
const SPEECH_CAPACITY = 3000;
const SPEECH_PACKET_US = 20_000;
const SPEECH_PACKET_SAMPLES = 320;
/** Under typed speech the microphone goes on 14 dB quieter: there, and no hindrance to understanding. */
const DUCKED = 0.2;
/** Microphone packets that wait to be mixed in; what is older has missed its moment. */
const UNDER_SAMPLES = 3 * SPEECH_PACKET_SAMPLES;
const TALKING_US = 333_000;
/** -50 dBFS: quieter than this is nobody speaking. */
const SILENT_RMS = 0.00316;
/** Pauses between words are shorter; an interruption ends when the person has really stopped. */
const INTERRUPTION_OVER_US = 300_000;

/** One participant's sound, from wherever it comes: microphone, typed speech, or nothing. */
export class SoundTrack {
  readonly #microphone: SoundDecoder;
  readonly #voice: SoundDecoder;
  readonly #jitter = new JitterBuffer(REORDER_HOLD_US);
  readonly #mixer: SoundEncoder | undefined;
  readonly #filler = new GapFiller();
  /** The microphone's sound under typed speech, oldest first, and how loud it is mixed in. */
  #under = new Float32Array(0);
  #underGain = 1;
  #mixing = false;
  #isPhraseUnderWay = false;
  readonly #speech = new BoundedQueue<Uint8Array>('speech', SPEECH_CAPACITY, 'refuse');
  #ssrc: number | undefined;
  #lastArrivalUs: MonotonicUs | undefined;
  #muted = false;
  #interrupted = false;
  #quietUs = 0;
  #lastIn: number | undefined;
  #lastOut = 0;
  #loudUs: MediaTimeUs | undefined;
  #malformed = 0;
  #concealedUs = 0;

  /**
   * @param voice - decodes typed speech, which is a stream of its own.
   * @param mixer - packs typed speech together with the microphone's sound; without one the microphone rests meanwhile.
   */
  constructor(microphone: SoundDecoder, voice: SoundDecoder, mixer?: SoundEncoder) {
    this.#microphone = microphone;
    this.#voice = voice;
    this.#mixer = mixer;
  }

  /** Sound up to here has been given out. */
  get filledUs(): MediaTimeUs {
    return this.#filler.filledUs;
  }

  get counts(): SoundCounts {
    const { lost, late, duplicate } = this.#jitter.counts;
    const malformed = this.#malformed;
    return { lost, late: late + this.#filler.late, duplicate, malformed, concealedUs: this.#concealedUs };
  }

  get speaking(): boolean {
    return this.#speech.depth > 0;
  }

  /** How long what is still to be spoken will take. */
  get speechUs(): number {
    return this.#speech.depth * SPEECH_PACKET_US;
  }

  /** Whether the microphone brought more than silence in the last third of a second. */
  get talking(): boolean {
    return this.#loudUs !== undefined && this.filledUs - this.#loudUs < TALKING_US;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** @param ssrc - names the stream; another one begins afresh. */
  push(packet: AudioPacket, ssrc: number, now: MonotonicUs): Heard {
    if (this.#ssrc !== ssrc) {
      this.#ssrc = ssrc;
      this.#restart();
    }
    this.#lastArrivalUs = now;
    return this.#hear(this.#jitter.push(packet, now));
  }

  /** Time has passed: @param hereUs - the media time whose sound should be here. */
  fill(hereUs: MediaTimeUs, now: MonotonicUs): Heard {
    const heard = this.#hear(this.#jitter.poll(now));
    if (this.speaking) return this.#speak(hereUs, heard);
    const running = this.#lastArrivalUs !== undefined && now - this.#lastArrivalUs < STREAM_GONE_US;
    const untilUs = advance(hereUs, running ? -UNDERRUN_HOLD_US : 0);
    return { ...heard, samples: [...heard.samples, ...this.#sound(this.#filler.fillTo(untilUs))] };
  }

  /** @returns how many of the packets had room. */
  speak(packets: readonly Uint8Array[]): number {
    this.#interrupted = false;
    return packets.filter((packet) => this.#speech.push(packet)).length;
  }

  /** @returns packets that were still to be spoken. */
  stopSpeaking(): number {
    const left = this.#speech.depth;
    this.#speech.clear();
    this.#endPhrase();
    this.#lastIn = undefined;
    return left;
  }

  mute(active: boolean): void {
    this.#muted = active;
    this.#lastIn = undefined;
  }

  /** Unheard until `resume`, or until the person falls silent. */
  interrupt(): void {
    this.#interrupted = true;
    this.#quietUs = 0;
    this.#lastIn = undefined;
    this.stopSpeaking();
  }

  resume(): void {
    this.#interrupted = false;
  }

  #restart(): void {
    this.#jitter.reset();
    this.#filler.reset();
    this.#lastIn = undefined;
  }

  #hear(ordered: readonly OrderedPacket[]): Heard {
    const samples: Float32Array[] = [];
    const packets: SoundPacket[] = [];
    const arrivals: Arrival[] = [];
    for (const packet of ordered) {
      // Typed speech has the floor: the microphone goes on below it, and afterwards from where time stands then.
      if (this.speaking) {
        this.#filler.reset();
        this.#lastIn = undefined;
        this.#hearUnder(packet.data);
        continue;
      }
      const placed = this.#filler.push(packet);
      if (placed === undefined) {
        this.#malformed++;
        continue;
      }
      const { startUs, durationUs } = placed.placement;
      samples.push(...this.#sound(placed.steps));
      arrivals.push({ startUs, endUs: advance(startUs, durationUs), arrivedUs: packet.arrivedUs });
      if (!this.#muted && !this.#interrupted) packets.push(this.#outgoing(startUs, packet.data, packet.sequence));
    }
    return { samples, packets, arrivals };
  }

  #speak(hereUs: MediaTimeUs, heard: Heard): Heard {
    // Silence comes before a phrase, never into it: who is asked late gives more packets at once, which still leave in time.
    const before = this.#isPhraseUnderWay ? [] : this.#sound(this.#filler.fillTo(advance(hereUs, -SPEECH_PACKET_US)));
    this.#isPhraseUnderWay = true;
    const samples = [...heard.samples, ...before];
    const packets = [...heard.packets];
    while (this.filledUs <= hereUs) {
      const data = this.#speech.shift();
      if (data === undefined) break;
      const durationUs = readOpusShape(data)?.durationUs;
      if (durationUs === undefined) {
        this.#malformed++;
        continue;
      }
      const expected = (durationUs / 1000) * SAMPLES_PER_MS;
      // The face is moved by what was typed alone.
      const voice = fitted(this.#voice.decode(data), expected);
      packets.push({ ...this.#outgoing(this.filledUs, this.#withMicrophone(voice) ?? data), speechUs: durationUs });
      samples.push(voice);
      this.#filler.skip(durationUs);
    }
    if (!this.speaking) this.#endPhrase();
    return { ...heard, samples, packets };
  }

  #hearUnder(data: Uint8Array): void {
    if (this.#mixer === undefined || this.#muted || this.#interrupted) return;
    const heard = this.#microphone.decode(data);
    if (heard === undefined) return;
    if (rms(heard) >= SILENT_RMS) {
      this.#loudUs = this.filledUs;
      this.#mixing = true;
    }
    // A quiet microphone leaves the voice's own packets as they are.
    if (!this.#mixing) return;
    const kept = this.#under.subarray(Math.max(0, this.#under.length + heard.length - UNDER_SAMPLES));
    const under = new Float32Array(kept.length + heard.length);
    under.set(kept);
    under.set(heard, kept.length);
    this.#under = under;
  }

  /** @returns a packet of both, or nothing when there is only the voice. */
  #withMicrophone(voice: Float32Array): Uint8Array | undefined {
    if (!this.#mixing || voice.length !== SPEECH_PACKET_SAMPLES) return undefined;
    const under = this.#under.subarray(0, voice.length);
    this.#under = this.#under.subarray(under.length);
    const step = (DUCKED - this.#underGain) / voice.length;
    const mixed = voice.map((value, index) => {
      const both = value + (under[index] ?? 0) * (this.#underGain + step * index);
      return Math.max(-1, Math.min(1, both));
    });
    this.#underGain = DUCKED;
    return this.#mixer?.encode(mixed);
  }

  #endPhrase(): void {
    this.#isPhraseUnderWay = false;
    this.#under = new Float32Array(0);
    this.#underGain = 1;
    this.#mixing = false;
  }

  #outgoing(startUs: MediaTimeUs, data: Uint8Array, sequence?: number): SoundPacket {
    const step = sequence === undefined || this.#lastIn === undefined ? 1 : Math.max(1, sequence - this.#lastIn);
    this.#lastIn = sequence;
    this.#lastOut += step;
    return { startUs, sequence: this.#lastOut, data, speechUs: 0 };
  }

  #sound(steps: readonly SoundStep[]): Float32Array[] {
    return steps.map((step) => {
      const count = (step.durationUs / 1000) * SAMPLES_PER_MS;
      if (step.type === 'silence') return this.#listen(new Float32Array(count), step.durationUs);
      if (step.type === 'conceal') this.#concealedUs += step.durationUs;
      const made =
        step.type === 'packet' ? this.#microphone.decode(step.packet.data) : this.#microphone.conceal(step.durationUs);
      if (made === undefined) this.#malformed++;
      else if (rms(made) >= SILENT_RMS) this.#loudUs = advance(step.startUs, step.durationUs);
      return this.#listen(fitted(made, count), step.durationUs);
    });
  }

  /** Whether the person has fallen silent is heard even while nobody else hears the person. */
  #listen(samples: Float32Array, durationUs: number): Float32Array {
    if (this.#interrupted) {
      this.#quietUs = rms(samples) < SILENT_RMS ? this.#quietUs + durationUs : 0;
      if (this.#quietUs >= INTERRUPTION_OVER_US) this.#interrupted = false;
    }
    return this.#muted || this.#interrupted ? samples.fill(0) : samples;
  }
}

/** @returns exactly `count` samples: what a decoder gave, cut or continued with silence, in memory of its own. */
function fitted(samples: Float32Array | undefined, count: number): Float32Array {
  const out = new Float32Array(count);
  if (samples !== undefined) out.set(samples.length > count ? samples.subarray(0, count) : samples);
  return out;
}

function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
