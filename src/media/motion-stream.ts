import { Course } from '../base/easing.ts';
import type { MotionFrame } from '../base/media.ts';
import { advance, mediaTimeUs, US_PER_S, type MediaTimeUs } from '../base/timeline.ts';
import { EMOTIONS, type ControlMessage } from '../../protocol/control.ts';
import { ControlTrack, type ControlState } from './control/control-track.ts';
import { Prosody } from './features/prosody.ts';
import { VoiceActivity } from './features/voice-activity.ts';
import { Windower } from './features/windower.ts';
import { compose } from './motion/composition.ts';
import { ConditionWriter, type Wishes } from './motion/condition.ts';
import { FeatureWindow } from './motion/feature-window.ts';
import { JobWriter } from './motion/job-writer.ts';
import { Life } from './motion/life.ts';
import type { OtherVoice } from './motion/listening-play.ts';
import type { MotionManifest } from './motion/manifest.ts';
import type { GuidanceTerm, Hearing, MotionJob, MotionResult } from './motion/motion-job.ts';
import { MotionResampler } from './motion/motion-resampler.ts';
import { MouthGate } from './motion/mouth-gate.ts';
import { NoiseSource } from './motion/noise.ts';
import { Stitcher } from './motion/stitcher.ts';
import type { VoiceMoment } from './voice-moment.ts';

export interface MotionStreamOptions {
  readonly manifest: MotionManifest;
  /** With the sound and the controls, decides everything that comes out. */
  readonly seed: number;
}

/** What was not as it should be, counted since the stream was made. */
export interface MotionStreamCounts {
  readonly skippedHops: number;
  /** Results that held a value that is no number; a plausible frame stood in. */
  readonly invalidHops: number;
  /** Results that came after their hop had been skipped. */
  readonly lateResults: number;
}

/** Pictures are drawn at most this long after their motion was made. */
const KEPT_US = 5 * US_PER_S;
/** `emotion` in a bundle names neutral last (`models/README.md`). */
const EMOTION_ORDER = [...EMOTIONS.filter((name) => name !== 'neutral'), 'neutral'] as const;

/**
 * Sound in, motion out, without clock or thread: asks for one inference per hop, or for some hops at once, and is given its result. How the sound
 * is cut does not matter. Sound is 16 kHz mono (`manifest.features.sampleRateHz`), its first sample at media time 0.
 */
export class MotionStream {
  readonly manifest: MotionManifest;
  readonly #windower: Windower;
  readonly #voice: VoiceActivity;
  readonly #prosody: Prosody;
  #controls = new ControlTrack();
  #others = new Course<MediaTimeUs, OtherVoice | undefined>(undefined);
  #gate = new MouthGate();
  readonly #heard: FeatureWindow;
  readonly #jobs: JobWriter;
  readonly #conditions: ConditionWriter;
  readonly #noise: NoiseSource;
  readonly #life: Life;
  readonly #stitcher: Stitcher;
  readonly #resampler: MotionResampler;
  readonly #counts = { skippedHops: 0, invalidHops: 0, lateResults: 0 };
  /** Sound that no run has heard yet, a mel block per hop, up to and with the hop that is being run. */
  #unheard: Float32Array[] = [];
  /** What an encoder has heard ahead: `[featureDims]` of each hop that waits. */
  #ahead: Float32Array[] = [];
  #hearing = false;
  #running: { readonly serial: number; readonly hops: number; readonly givenUp: boolean } | undefined;
  #hop = 0;
  #serial = 0;

  constructor({ manifest, seed }: MotionStreamOptions) {
    this.manifest = manifest;
    this.#windower = new Windower(manifest.features, manifest.encoder.melFramesPerHop);
    this.#voice = new VoiceActivity(manifest.features.sampleRateHz);
    this.#prosody = new Prosody(manifest.features.sampleRateHz);
    this.#heard = new FeatureWindow(manifest);
    this.#jobs = new JobWriter(manifest);
    this.#conditions = new ConditionWriter(manifest);
    this.#noise = new NoiseSource(manifest, seed);
    this.#life = new Life(seed, manifest.motion.framesPerSecond);
    this.#stitcher = new Stitcher(manifest);
    this.#resampler = new MotionResampler((manifest.motion.framesPerSecond * KEPT_US) / US_PER_S);
  }

  /** @param samples - mono in -1..1; copied. */
  push(samples: Float32Array): void {
    this.#windower.push(samples);
    this.#voice.push(samples);
    this.#prosody.push(samples);
    if (this.#gate.interrupted && this.#voice.silentSinceUs !== undefined) this.#gate.resume(this.#voice.silentSinceUs);
  }

  /** `message` takes effect, eased, from media time `at` on; messages come in the order of their time. */
  control(message: ControlMessage, at: MediaTimeUs): void {
    if (message.type === 'interrupt') this.#gate.interrupt(at);
    else if (message.type === 'resume') this.#gate.resume(at);
    else this.#controls.apply(message, at);
  }

  /** From `at` on, who else is heard in the call; nobody is `undefined`. Moments come in the order of their time. */
  hear(other: OtherVoice | undefined, at: MediaTimeUs): void {
    this.#others.set(other, at);
  }

  /** How the own voice sounds now, for the others in the call. */
  voiceNow(): VoiceMoment {
    return this.#prosody.newest();
  }

  /**
   * @param most - hops in one job. More than one is for files, whose sound is there: eight cross to a worker as fast as one.
   * @returns the next hops that have their sound, to be run once, or nothing while some are being run or no sound waits.
   * The job's buffer is the caller's until `accept` brings it home; one that never comes home is forgotten by `skip`.
   */
  due(most = 1): MotionJob | undefined {
    const ready = this.#ahead.length > 0 || this.#hearing ? this.#ahead.length : this.#windower.depth;
    if (this.#running?.givenUp === false || ready === 0) return undefined;
    const { wishes, guidance } = this.#wished(Math.min(most, ready));
    const hops = wishes.length;
    const ahead = this.#ahead.splice(0, hops);
    for (let hop = ahead.length; hop < hops; hop++) {
      const mel = this.#windower.take();
      if (mel !== undefined) this.#unheard.push(mel);
    }
    // More than the window holds would be heard for nothing.
    this.#unheard = this.#unheard.slice(1 - this.manifest.motion.contextTokens - hops);
    const melHops = this.#unheard.length;
    const job = this.#jobs.open({ serial: this.#serial++, hop: this.#hop, hops, melHops, guidance });
    this.#unheard.forEach((block, index) => {
      job.mel.set(block, index * block.length);
    });
    this.#heard.prepare(melHops + ahead.length, job.features, job.encoderState);
    ahead.forEach((features, hop) => {
      job.features.set(features, job.features.length - (hops - hop) * features.length);
      this.#heard.append(features);
    });
    job.context.set(this.#stitcher.context);
    wishes.forEach((wish, hop) => {
      this.#conditions.write(wish, part(job.condition, hop, hops));
      this.#noise.fill(this.#hop + hop, part(job.token, hop, hops));
    });
    this.#running = { serial: job.serial, hops, givenUp: false };
    return job;
  }

  /**
   * For files, whose sound is there before its turn: hops for an encoder that hears them while the hops before are being
   * run, so that the next job has nothing left to hear.
   * @returns sound for `heard`, to be heard before any other; nothing when none waits or a job has its own to hear.
   */
  hearing(): Hearing | undefined {
    const melHops = this.#windower.depth;
    if (this.#hearing || this.#unheard.length > 0 || melHops === 0) return undefined;
    this.#hearing = true;
    const mel = this.#windower.takeAll();
    const features = new Float32Array(melHops * this.manifest.encoder.featureDims);
    return { mel, melHops, encoderState: this.#heard.state, features };
  }

  /** Takes what an encoder has made of `hearing()`. */
  heard({ features, melHops }: Hearing): void {
    this.#hearing = false;
    for (let hop = 0; hop < melHops; hop++) this.#ahead.push(part(features, hop, melHops));
  }

  /** @returns the hops' frames, composed with the controls; none before media time 0, or if they were skipped. */
  accept(result: MotionResult): MotionFrame[] {
    this.#jobs.bringHome(result);
    const running = this.#running;
    if (running?.serial !== result.serial) {
      this.#counts.lateResults++;
      return [];
    }
    this.#running = undefined;
    if (result.melHops > 0) this.#heard.accept(result.features, result.encoderState);
    // What was skipped since waits on: the run had not heard it.
    this.#unheard.splice(0, result.melHops);
    if (running.givenUp) {
      this.#counts.lateResults++;
      return [];
    }
    return Array.from({ length: result.hops }, (_, hop) => {
      const frames = this.#stitcher.accept(part(result.token, hop, result.hops));
      if (frames === undefined) this.#counts.invalidHops++;
      return this.#made(frames ?? this.#stitcher.continue());
    }).flat();
  }

  /**
   * Gives up on the hops that are being run, or on the one that is due: it is too late.
   * @returns plausible frames in its place; none if no hop has its sound. The next job hears the sound all the same.
   */
  skip(): MotionFrame[] {
    let hops = 1;
    if (this.#running?.givenUp === false) {
      hops = this.#running.hops;
      this.#running = { ...this.#running, givenUp: true };
    } else {
      const ahead = this.#ahead.shift();
      const mel = ahead !== undefined || this.#hearing ? undefined : this.#windower.take();
      if (ahead !== undefined) this.#heard.append(ahead);
      else if (mel !== undefined) this.#unheard.push(mel);
      else return [];
    }
    this.#counts.skippedHops += hops;
    return Array.from({ length: hops }, () => this.#made(this.#stitcher.continue())).flat();
  }

  /** The run that is out failed. @returns frames as `skip` does, unless its hop was given up before. */
  fail(): MotionFrame[] {
    return this.#running?.givenUp === false ? this.skip() : [];
  }

  /**
   * Interpolates the motion made so far and composes it with the controls as they are now, so that a gesture or an
   * interruption shows at once, not a hop later. For a live call, ask when the picture is drawn.
   * @param target - `[MOTION_DIMS]`, overwritten; beyond the newest frame with the newest.
   * @returns whether motion up to `timeUs` is available.
   */
  motionAt(timeUs: MediaTimeUs, target: Float32Array): boolean {
    const available = this.#resampler.sample(timeUs, target);
    this.#compose(timeUs, target);
    return available;
  }

  /** @returns whether an interruption is in force at `timeUs`: the mouth closes, and the sound should be off. */
  interruptedAt(timeUs: MediaTimeUs): boolean {
    return this.#gate.shutAt(timeUs);
  }

  /** Time of the newest frame that was made; negative before the first. */
  get newestUs(): MediaTimeUs {
    return this.#resampler.newestUs ?? this.#timeOf(-1, this.manifest.motion.framesPerHop - 1);
  }

  /** Hops whose sound is there and whose inference has not begun. */
  get waitingHops(): number {
    return this.#ahead.length + this.#windower.depth;
  }

  /** When the voice fell silent, or nothing while it is heard. */
  get silentSinceUs(): MediaTimeUs | undefined {
    return this.#voice.silentSinceUs;
  }

  get counts(): MotionStreamCounts {
    return { ...this.#counts };
  }

  /** As new: media time 0, silence, no controls, the same seed. Only the counts go on. */
  reset(): void {
    this.#windower.reset();
    this.#voice.reset();
    this.#prosody.reset();
    this.#life.reset();
    this.#controls = new ControlTrack();
    this.#others = new Course<MediaTimeUs, OtherVoice | undefined>(undefined);
    this.#gate = new MouthGate();
    this.#heard.reset();
    this.#stitcher.reset();
    this.#resampler.reset();
    this.#unheard = [];
    this.#ahead = [];
    this.#hearing = false;
    this.#running = undefined;
    this.#hop = 0;
  }

  /** @returns what is wished for each of the next hops, as many of `most` as are guided alike. */
  #wished(most: number): { wishes: Wishes[]; guidance: GuidanceTerm[] } {
    const wishes = Array.from({ length: most }, (_, hop) =>
      wishesOf(this.#controls.at(this.#timeOf(this.#hop + hop, 0))),
    );
    const [guidance = [], ...later] = wishes.map((wish) => this.#conditions.guidance(wish));
    const other = later.findIndex((terms) => JSON.stringify(terms) !== JSON.stringify(guidance));
    return { wishes: other < 0 ? wishes : wishes.slice(0, other + 1), guidance };
  }

  /** @returns the moment a hop's frame shows: the last one `lookAheadUs` before the end of the sound that was heard. */
  #timeOf(hop: number, frame: number): MediaTimeUs {
    const { framesPerSecond, framesPerHop, lookAheadUs } = this.manifest.motion;
    return mediaTimeUs(((hop * framesPerHop + frame + 1) * US_PER_S) / framesPerSecond - lookAheadUs);
  }

  #made(motions: readonly Float32Array[]): MotionFrame[] {
    const frames = motions.map((motion, frame) => ({ timeUs: this.#timeOf(this.#hop, frame), motion: motion.slice() }));
    this.#hop++;
    for (const frame of frames) {
      this.#live(frame);
      this.#resampler.push(frame);
    }
    const oldest = advance(this.newestUs, -KEPT_US);
    this.#controls.forget(oldest);
    this.#gate.forget(oldest);
    this.#others.forget(oldest);
    return frames
      .filter(({ timeUs }) => timeUs >= 0)
      .map(({ timeUs, motion }) => {
        const composed = motion.slice();
        this.#compose(timeUs, composed);
        return { timeUs, motion: composed };
      });
  }

  /** Lays over a frame what the networks do not make: what a voice and chance do to a face. */
  #live({ timeUs, motion }: MotionFrame): void {
    const { gaze, distance, emotion, arousal } = this.#controls.at(timeUs);
    const other = this.#others.at(timeUs);
    const moment = {
      ...(other && { other }),
      // The newest sound that is known whenever this frame is made.
      voice: this.#prosody.take(advance(timeUs, this.manifest.motion.lookAheadUs)),
      liveliness: arousal,
      gazeAsked: gaze !== undefined,
      distanceAsked: distance !== undefined,
      feelingAsked: emotion !== undefined,
    };
    this.#life.step(moment, motion);
  }

  #compose(timeUs: MediaTimeUs, motion: Float32Array): void {
    compose(motion, { ...this.#controls.at(timeUs), mouthOpen: this.#gate.openAt(timeUs) });
  }
}

/** @returns one hop's values of those of `hops`. */
function part(values: Float32Array, hop: number, hops: number): Float32Array {
  const length = values.length / hops;
  return values.subarray(hop * length, (hop + 1) * length);
}

function wishesOf({ gaze, distance, emotion, arousal, guidance }: ControlState): Wishes {
  return {
    ...(gaze && { gaze }),
    ...(distance !== undefined && { distance }),
    ...(emotion && { emotion: EMOTION_ORDER.map((name) => emotion[name]) }),
    ...(arousal !== undefined && { arousal }),
    guidance,
  };
}
