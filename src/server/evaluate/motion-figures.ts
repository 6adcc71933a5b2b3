import { systemClock } from '../../base/clock.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import type { ControlMessage } from '../../../protocol/control.ts';
import { closedShare, correlate, mouthOpeningSeries } from '../../media/motion/motion-metrics.ts';
import {
  GAZE_PITCH_LIMIT_DEG,
  GAZE_YAW_LIMIT_DEG,
  MOTION_INDEX,
  type MotionChannel,
} from '../../media/motion-space.ts';
import { Animation } from '../cli/animation.ts';
import type { MotionNetworks } from '../cli/motion-networks.ts';
import { TRACK_FRAMES_PER_SECOND } from './face-track.ts';
import type { Figure } from './figure.ts';
import { musicSound, noiseSound, TEST_RATE_HZ, voiceSound } from './test-sounds.ts';
import { speechFigures, type SpeechFiguresOptions } from './speech-figures.ts';

export interface Sound {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly samples: Float32Array;
}

/** What is known of a recording beside its sound. */
export type Known = Pick<SpeechFiguresOptions, 'phones' | 'filmed'>;

interface Asked {
  readonly at: number;
  readonly message: ControlMessage;
}

const FRAMES_PER_SECOND = 50;
const QUIET_SECONDS = 12;
/** What lies before this is how motion begins, not how it goes. */
const SETTLED_S = 2;
const HOLD_S = 2.5;

/** Measures one motion bundle. */
export class MotionFigures {
  readonly #networks: MotionNetworks;
  readonly #seed: number;

  constructor(networks: MotionNetworks, seed: number) {
    this.#networks = networks;
    this.#seed = seed;
  }

  /** Closed mouths where nobody speaks, and what controls do; needs no material. */
  async *builtIn(): AsyncGenerator<Figure, void> {
    const quiet: readonly (readonly [string, Float32Array, number])[] = [
      ['silence', new Float32Array(QUIET_SECONDS * TEST_RATE_HZ), 99],
      ['noise', noiseSound(QUIET_SECONDS), 97],
      ['music', musicSound(QUIET_SECONDS), 90],
    ];
    for (const [name, samples, atLeast] of quiet) {
      const frames = await this.#animate({ name, samples, sampleRateHz: TEST_RATE_HZ });
      const share = closedShare(frames, [{ startUs: mediaTimeUs(SETTLED_S * 1e6), endUs: mediaTimeUs(1e12) }]);
      yield { on: name, what: 'mouth closed', value: 100 * share, unit: '%', goal: { atLeast } };
    }
    yield* this.#controls();
  }

  /** Life, speed and variety on a recording of speech; its closures, and its film, where there are labels or a film. */
  async *ofSpeech(sound: Sound, known: Known = {}): AsyncGenerator<Figure, void> {
    const on = sound.name;
    const startUs = systemClock.now();
    const frames = await this.#animate(sound);
    const tookS = (systemClock.now() - startUs) / 1e6;
    const { samples, sampleRateHz } = sound;
    const figures = speechFigures({
      sound: samples,
      sampleRateHz,
      frames,
      framesPerSecond: FRAMES_PER_SECOND,
      ...known,
    });
    const { filmed, closures } = figures;
    if (filmed !== undefined) {
      const { mouth, loudness } = filmed;
      yield { on, what: 'mouth against film, r', value: mouth.correlation, unit: '', goal: { atLeast: 0.68 } };
      yield { on, what: 'mouth later than film', value: mouth.lagUs / 1000, unit: 'ms', goal: { between: [-20, 20] } };
      yield { on, what: 'loudness against film, r', value: loudness.correlation, unit: '' };
    }
    if (closures !== undefined) {
      yield { on, what: 'closed at p b m', value: 100 * closures.recall, unit: '%', goal: { atLeast: 95 } };
      yield { on, what: 'closed in open vowels', value: 100 * closures.falseShare, unit: '%', goal: { atMost: 2 } };
    }
    yield { on, what: 'closed in pauses', value: 100 * figures.closedInPauses, unit: '%', goal: { atLeast: 99 } };
    yield { on, what: 'mouth against loudness, r', value: figures.loudness.correlation, unit: '' };
    yield { on, what: 'blinks', value: figures.blinksPerS, unit: '/s', goal: { between: [0.25, 0.4] } };
    yield { on, what: 'head moves', value: figures.poseVariation, unit: 'deg / 40 ms' };
    yield { on, what: 'head spread', value: figures.poseSpread, unit: 'deg' };
    yield { on, what: 'head jerk', value: figures.headJerk, unit: 'deg/s3' };
    yield { on, what: 'speed', value: figures.seconds / tookS, unit: 'x real time', goal: { atLeast: 40 } };
    const other = await this.#animate(sound, [], this.#seed + 1);
    const mouths = correlate(mouthOpeningSeries(frames), mouthOpeningSeries(other));
    const heads = correlate(seriesOf(frames, 'headYaw'), seriesOf(other, 'headYaw'));
    yield { on, what: 'mouth alike over seeds, r', value: mouths, unit: '' };
    yield { on, what: 'head alike over seeds, r', value: heads, unit: '' };
  }

  /** @returns the motion of at most `limitS` of a sound at the rate at which films are read. */
  async framesOf({ samples, ...sound }: Sound, limitS: number): Promise<MotionFrame[]> {
    const first = { ...sound, samples: samples.subarray(0, Math.round(limitS * sound.sampleRateHz)) };
    return this.#animate(first, [], this.#seed, TRACK_FRAMES_PER_SECOND);
  }

  async *#controls(): AsyncGenerator<Figure, void> {
    const yaws = [-16, 12, -6, 18, 0, -12, 6, 16];
    const pitches = [6, -8, 10, -4, 0, 8, -10, 4];
    const distances = [0.85, 1.15, 0.95, 1.2, 0.9, 1.1, 1];
    const strengths = [0.2, 0.8, 0.4, 1, 0, 0.6];
    const held = (values: readonly number[], message: (value: number, index: number) => ControlMessage): Asked[] =>
      values.map((value, index) => ({ at: index * HOLD_S, message: message(value, index) }));
    const voice = { name: 'controls', samples: voiceSound(yaws.length * HOLD_S), sampleRateHz: TEST_RATE_HZ };
    const plain = await this.#animate(voice);

    const gaze = held(yaws, (yaw, index) => ({ type: 'gaze', target: { yaw, pitch: pitches[index] ?? 0 } }));
    const gazing = await this.#animate(voice, gaze);
    yield asked('gaze to the side', yaws, gazing, gazeYawOf);
    yield asked('gaze up and down', pitches, gazing, gazePitchOf);
    const far = held(distances, (ratio) => ({ type: 'distance', ratio }));
    yield asked('distance', distances, await this.#animate(voice, far), (frame) => channelOf(frame, 'headDistance'));
    const happy = held(strengths, (strength) => ({ type: 'emotion', name: 'happy', strength }));
    const smiling = await this.#animate(voice, happy);
    yield asked('happiness', strengths, smiling, (frame) => channelOf(frame, 'mouthSmileLeft'));
    const mouths = correlate(mouthOpeningSeries(plain), mouthOpeningSeries(gazing));
    yield { on: 'controls', what: 'mouth untouched by gaze, r', value: mouths, unit: '', goal: { atLeast: 0.9 } };
  }

  async #animate(
    { samples, sampleRateHz }: Sound,
    asked: readonly Asked[] = [],
    seed = this.#seed,
    framesPerSecond = FRAMES_PER_SECOND,
  ): Promise<MotionFrame[]> {
    const controls = asked.map(({ at, message }) => ({ at: mediaTimeUs(at * 1e6), message }));
    const options = { ...this.#networks, seed, framesPerSecond, controls, sampleRateHz };
    const animation = new Animation(options);
    return [...(await animation.push(samples)), ...(await animation.flush())];
  }
}

/** How what was asked and what was given go together, over the second half of each hold. */
function asked(
  name: string,
  values: readonly number[],
  frames: readonly MotionFrame[],
  read: (frame: MotionFrame) => number,
): Figure {
  const given = values.map((_, index) => {
    const [from, until] = [(index + 0.5) * HOLD_S * 1e6, (index + 1) * HOLD_S * 1e6];
    const within = frames.filter(({ timeUs }) => timeUs >= from && timeUs < until);
    return within.reduce((sum, frame) => sum + read(frame), 0) / within.length;
  });
  const value = correlate(Float32Array.from(values), Float32Array.from(given));
  return { on: 'controls', what: `${name}, r`, value, unit: '', goal: { atLeast: 0.98 } };
}

function channelOf({ motion }: MotionFrame, channel: MotionChannel): number {
  return motion[MOTION_INDEX[channel]] ?? 0;
}

function seriesOf(frames: readonly MotionFrame[], channel: MotionChannel): Float32Array {
  return Float32Array.from(frames, (frame) => channelOf(frame, channel));
}

/** Eyes and head together, degrees. */
function gazeYawOf(frame: MotionFrame): number {
  const eyes = channelOf(frame, 'eyeLookOutLeft') - channelOf(frame, 'eyeLookInLeft');
  return eyes * GAZE_YAW_LIMIT_DEG + channelOf(frame, 'headYaw');
}

function gazePitchOf(frame: MotionFrame): number {
  const eyes = channelOf(frame, 'eyeLookUpLeft') - channelOf(frame, 'eyeLookDownLeft');
  return eyes * GAZE_PITCH_LIMIT_DEG + channelOf(frame, 'headPitch');
}
