import { seededRandom } from '../../base/random.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import { BrowPlay } from './brow-play.ts';
import { lookAt, turnEyes } from './eyes.ts';
import { GazePlay } from './gaze-play.ts';
import { HeadPlay } from './head-play.ts';
import { ListeningPlay, type OtherVoice } from './listening-play.ts';
import { LidPlay } from './lid-play.ts';
import { livelinessAt } from './liveliness.ts';
import { MouthPlay } from './mouth-play.ts';
import { Mood } from './mood.ts';
import { UpperFace } from './upper-face.ts';
import type { VoiceMoment } from '../voice-moment.ts';

/** What a face lives by at one moment. */
export interface LifeMoment {
  readonly voice: VoiceMoment;
  /** 0 a newsreader, 0.5 as people are, 1 as lively as VASA-1; undefined is as people are. */
  readonly liveliness: number | undefined;
  /** Whether somebody has said where to look, and how far away the head is. */
  readonly gazeAsked: boolean;
  readonly distanceAsked: boolean;
  /** Whether a feeling is asked for: what comes by itself makes room for it. */
  readonly feelingAsked: boolean;
  /** Who else is heard in the call. */
  readonly other?: OtherVoice;
}

/** Sets these chances apart from those of the noise, which number hops from 0. */
const STREAM = 1 << 30;
/** How much of a look aside the head takes over, and how slowly, s (Freedman 2008). */
const HEAD_SHARE = 0.3;
/** Who listens turns to who speaks, rather than looking from the corner of the eye. */
const HEAD_SHARE_LISTENING = 0.65;
const HEAD_FOLLOWS_S = 0.22;
/** How much of a turned head the eyes make good; the rest is looked past the viewer, by a degree or so. */
const EYES_STAY = 0.5;
const EYES_STAY_LISTENING = 0.8;
/** How soon what comes by itself makes room for what is asked, s, and how much mood a feeling that is asked for leaves. */
const ASKED_EASE_S = 0.4;
const OWN_MOOD_KEPT = 0.35;

/**
 * All that a face does of itself while it speaks or does not: postures and beats, glances, blinks, brows and moods, laid
 * over the networks' motion frame by frame. Chance and the voice decide; the seed decides chance.
 */
export class Life {
  readonly #stepS: number;
  readonly #seed: number;
  #parts;
  #state = freshState();

  constructor(seed: number, framesPerSecond: number) {
    this.#seed = seed;
    this.#stepS = 1 / framesPerSecond;
    this.#parts = partsOf(seed, this.#stepS);
  }

  /** Adds the next frame's life to it, in place. */
  step({ voice, liveliness, gazeAsked, distanceAsked, feelingAsked, other }: LifeMoment, motion: Float32Array): void {
    const { head, gaze, lids, brows, mood, listening, mouth, upper } = this.#parts;
    const state = this.#state;
    const size = livelinessAt(liveliness);
    const { headYaw, headPitch } = MOTION_INDEX;
    const [ownYaw, ownPitch] = [motion[headYaw]!, motion[headPitch]!];
    const eased = this.#stepS / ASKED_EASE_S;
    state.free += eased * ((distanceAsked ? 0 : 1) - state.free);
    state.own += eased * ((feelingAsked ? OWN_MOOD_KEPT : 1) - state.own);
    mouth.step(voice, size.mouth, (state.own - OWN_MOOD_KEPT) / (1 - OWN_MOOD_KEPT), motion);
    head.step(voice, size, state.free, motion);
    listening.step(voice, other, size.rate, motion);
    const look = gaze.step(voice, size.rate, listening.towards);
    // The head comes after a look aside.
    const follows = this.#stepS / HEAD_FOLLOWS_S;
    const share = listening.towards === undefined ? HEAD_SHARE : HEAD_SHARE_LISTENING;
    state.headYaw += follows * ((gazeAsked ? 0 : share * look.yaw) - state.headYaw);
    state.headPitch += follows * ((gazeAsked ? 0 : share * look.pitch) - state.headPitch);
    motion[headYaw]! += state.headYaw;
    motion[headPitch]! += state.headPitch;
    const stay = listening.towards === undefined ? EYES_STAY : EYES_STAY_LISTENING;
    // Eyes hold their point while the head turns.
    if (gazeAsked) turnEyes(motion, ownYaw - motion[headYaw]!, ownPitch - motion[headPitch]!);
    else lookAt(motion, look.yaw - stay * motion[headYaw]!, look.pitch - motion[headPitch]!);
    brows.step(voice, size.brows * state.own, size.rate, head.accent > 0, motion);
    mood.step(voice, voice.laughing || listening.laughing, size.mood, state.own, motion);
    upper.step(voice, size.brows, state.own, motion);
    lids.step(voice, gazeAsked ? 0 : gaze.jumpedDeg, head.turnsDeg, !gazeAsked && gaze.away, motion);
  }

  reset(): void {
    this.#parts = partsOf(this.#seed, this.#stepS);
    this.#state = freshState();
  }
}

function freshState() {
  return { headYaw: 0, headPitch: 0, free: 1, own: 1 };
}

function partsOf(seed: number, stepS: number) {
  const random = (part: number) => seededRandom(seed, STREAM + part);
  return {
    head: new HeadPlay(random(0), stepS),
    gaze: new GazePlay(random(1), stepS),
    lids: new LidPlay(random(2), stepS),
    brows: new BrowPlay(random(3), stepS),
    mood: new Mood(random(4), stepS),
    listening: new ListeningPlay(random(5), stepS),
    mouth: new MouthPlay(random(6), stepS),
    upper: new UpperFace(stepS),
  };
}
