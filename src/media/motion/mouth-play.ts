import { clamp, smoothstep } from '../../base/ramp.ts';
import type { Random } from '../../base/random.ts';
import { MOTION_INDEX, type MotionChannel } from '../motion-space.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import { partLips } from './lip-parting.ts';
import { closingOf, sealLips } from './lip-seal.ts';
import { Wander } from './wander.ts';

/** How much wider a mouth opens at a level 8 dB over the voice's mean, and less wide below it. */
const LOUDER_IS_WIDER = 0.26;
const LOUD_DB = 8;
const LOUD_FOLLOWS_S = 0.08;
/** So far below its mean a voice has paused. */
const PAUSED_DB = -14;
/** Who speaks keeps the lips a little apart, in gaps of less than this, s, too; after that they have come together. */
const APART_S = [0.22, 0.36] as const;
const APART_JAW = 0.02;
const APART_LOWER_LIP = 0.17;
const APART_UPPER_LIP = 0.14;
/** Some phrases are spoken with a wider mouth than others. */
const WIDTH_WANDERS = 0.31;
const WIDTH_MEMORY_S = 1.2;
/** The networks tell speech from music and noise: lips come apart only where they have opened so far lately. */
const SPEAKS_OPENING = [0.015, 0.05] as const;
const LATELY_S = 0.35;
/** Lips that have come this far towards a closure are let go on. */
const CLOSING = 0.25;
/** Lips fall shut at once, but part as quickly as this: p, b and m open in about 50 ms (Löfqvist and Gracco 1997), s. */
const PARTS_IN_S = 0.055;
/** Rounding and spreading are slower than jaws, s. */
const ROUNDS_IN_S = 0.055;
/** The networks sometimes pull one corner alone: so much of the difference is kept. */
const OWN_LOPSIDED = 0.4;
/** The networks' speakers frown more than people do who talk with somebody: so much is kept while no feeling is asked for. */
const OWN_FROWN = 0.6;
/** Aside, now and then: at most about twice this. */
const ASIDE = 0.05;
const ASIDE_MEMORY_S = 0.8;

const OPENS = (
  [
    'jawOpen',
    'mouthClose',
    'mouthFunnel',
    'mouthPucker',
    'mouthStretchLeft',
    'mouthStretchRight',
    'mouthLowerDownLeft',
    'mouthLowerDownRight',
    'mouthUpperUpLeft',
    'mouthUpperUpRight',
  ] as const satisfies readonly MotionChannel[]
).map((channel) => MOTION_INDEX[channel]);
const ROUNDS = (
  ['mouthFunnel', 'mouthPucker', 'mouthStretchLeft', 'mouthStretchRight'] as const satisfies readonly MotionChannel[]
).map((channel) => MOTION_INDEX[channel]);
const { jawOpen, mouthClose, mouthLeft, mouthRight } = MOTION_INDEX;
const FROWN = [MOTION_INDEX.mouthFrownLeft, MOTION_INDEX.mouthFrownRight];
const CORNERS = (['mouthSmile', 'mouthFrown', 'mouthDimple'] as const).map(
  (name) => [MOTION_INDEX[`${name}Left`], MOTION_INDEX[`${name}Right`]] as const,
);
const APART = [
  [MOTION_INDEX.mouthLowerDownLeft, APART_LOWER_LIP],
  [MOTION_INDEX.mouthLowerDownRight, APART_LOWER_LIP],
  [MOTION_INDEX.mouthUpperUpLeft, APART_UPPER_LIP],
  [MOTION_INDEX.mouthUpperUpRight, APART_UPPER_LIP],
] as const;

/** What a mouth does beyond its sounds: louder is wider, short gaps do not shut it, and it is not quite even. */
export class MouthPlay {
  readonly #stepS: number;
  readonly #aside: Wander;
  readonly #width: Wander;
  #loud = 0;
  #speaking = 0;
  #pausedS = 60;
  #opened = 0;
  #parted = 0;
  readonly #rounded = new Float32Array(ROUNDS.length);

  constructor(random: Random, stepS: number) {
    this.#stepS = stepS;
    this.#aside = new Wander(random, ASIDE_MEMORY_S, stepS);
    this.#width = new Wander(random, WIDTH_MEMORY_S, stepS);
  }

  /** @param size - 1 as people's. @param free - 1, or 0 where a feeling is asked for. */
  step(voice: VoiceMoment, size: number, free: number, motion: Float32Array): void {
    const follow = this.#stepS / LOUD_FOLLOWS_S;
    const paused = voice.loudDb < PAUSED_DB;
    this.#pausedS = paused ? this.#pausedS + this.#stepS : 0;
    this.#loud += follow * ((paused ? 0 : clamp(voice.loudDb / LOUD_DB, -1, 1)) - this.#loud);
    this.#speaking += follow * ((voice.speaking ? 1 : 0) - this.#speaking);
    const opening = motion[jawOpen]! - motion[mouthClose]!;
    this.#opened = Math.max(opening, this.#opened * Math.exp(-this.#stepS / LATELY_S));
    const scale = size * (1 + LOUDER_IS_WIDER * this.#loud + WIDTH_WANDERS * clamp(this.#width.step(), -2, 2));
    for (const index of OPENS) motion[index]! *= scale;
    for (const index of FROWN) motion[index]! *= 1 + free * (OWN_FROWN - 1);
    for (const [left, right] of CORNERS) {
      const uneven = ((1 - OWN_LOPSIDED) / 2) * (motion[left]! - motion[right]!);
      motion[left]! -= uneven;
      motion[right]! += uneven;
    }
    const speaks = smoothstep(SPEAKS_OPENING[0], SPEAKS_OPENING[1], this.#opened);
    const apart =
      speaks * smoothstep(APART_S[1], APART_S[0], this.#pausedS) * (1 - clamp(closingOf(motion) / CLOSING, 0, 1));
    motion[jawOpen]! += APART_JAW * apart;
    for (const [index, lip] of APART) motion[index]! += lip * apart;
    this.#part(motion);
    partLips(motion, speaks, free);
    const aside = ASIDE * this.#speaking * this.#aside.step();
    motion[mouthLeft]! += Math.max(0, aside);
    motion[mouthRight]! += Math.max(0, -aside);
  }

  /** Lips part, round and spread no faster than muscles do it. */
  #part(motion: Float32Array): void {
    sealLips(motion);
    const opening = Math.max(0, motion[jawOpen]! - motion[mouthClose]!);
    const share = opening > this.#parted ? 1 - Math.exp(-this.#stepS / PARTS_IN_S) : 1;
    this.#parted += share * (opening - this.#parted);
    motion[jawOpen]! += this.#parted - opening;
    if (opening > 0) for (const [index] of APART) motion[index]! *= this.#parted / opening;
    const follow = 1 - Math.exp(-this.#stepS / ROUNDS_IN_S);
    ROUNDS.forEach((index, at) => {
      this.#rounded[at]! += follow * (motion[index]! - this.#rounded[at]!);
      motion[index] = this.#rounded[at]!;
    });
  }
}
