import type { Random } from '../../base/random.ts';
import type { VoiceMoment } from '../voice-moment.ts';
import { Episodes } from './episodes.ts';
import type { GazeDirection } from './gaze-play.ts';
import { addPose, bothSides, type Pose } from './pose.ts';

/** Somebody else's voice in the call, and where that person is seen. */
export interface OtherVoice {
  readonly voice: VoiceMoment;
  readonly towards: GazeDirection;
}

/** Chance of a nod as the other ends a phrase of more than a word, and a second in a long one (Dittmann and Llewellyn 1968). */
const NOD_AT_END = 0.7;
const NOD_WITHIN = 0.12;
const SHORTEST_PHRASE_S = 0.8;
const LONG_PHRASE_S = 3;
const BETWEEN_NODS_S = 1.2;
/** Of a nod, once more and smaller. */
const SECOND_NOD = 0.5;
/** Chance that the brows answer a stressed syllable, times its stress. */
const BROWS_AT_STRESS = 0.16;
const STRESSED = 0.6;
/** The other's turn has begun to be listened to after so long, and is over when nobody has spoken for so long, s. */
const EASE_S = 0.35;
const TURN_OVER_S = 3;
/** What the own voice stops is gone after this, s. */
const LET_GO_S = 0.25;

const NOD: Pose = [
  ['headPitch', -6],
  ['headY', -0.2],
];
const BROWS: Pose = [['browInnerUp', 0.4], ...bothSides({ browOuterUp: 0.4, eyeWide: 0.08 })];
/** Attentive: a little closer, a little tilted. */
const ATTENTIVE: Pose = [
  ['headRoll', 2.2],
  ['browInnerUp', 0.06],
];

/** What a face does that hears somebody else: it looks there, nods, raises its brows, and stops when its own person speaks. */
export class ListeningPlay {
  readonly #random: Random;
  readonly #stepS: number;
  readonly #episodes = new Episodes();
  #share = 0;
  #phraseS = 0;
  #sinceNodS = BETWEEN_NODS_S;
  #towards: GazeDirection | undefined;
  #laughing = false;
  #silentS = TURN_OVER_S;

  constructor(random: Random, stepS: number) {
    this.#random = random;
    this.#stepS = stepS;
  }

  /** Where the other is seen, while listened to. */
  get towards(): GazeDirection | undefined {
    return this.#towards;
  }

  /** Whether the other laughs, while listened to. */
  get laughing(): boolean {
    return this.#laughing;
  }

  step(own: VoiceMoment, other: OtherVoice | undefined, rate: number, motion: Float32Array): void {
    this.#silentS = other?.voice.speaking === true ? 0 : this.#silentS + this.#stepS;
    const listens = other !== undefined && !own.speaking && this.#silentS < TURN_OVER_S;
    this.#share += (this.#stepS / EASE_S) * ((listens ? 1 : 0) - this.#share);
    this.#towards = listens ? other.towards : undefined;
    this.#laughing = listens && other.voice.laughing;
    if (own.speaking && own.forS === 0) this.#episodes.release(LET_GO_S);
    if (listens) this.#answer(other.voice, rate);
    this.#phraseS = other?.voice.speaking === true ? this.#phraseS + this.#stepS : 0;
    this.#sinceNodS += this.#stepS;
    addPose(ATTENTIVE, this.#share, motion);
    this.#episodes.step(this.#stepS, motion);
  }

  #answer({ speaking, stress }: VoiceMoment, rate: number): void {
    const random = this.#random;
    const ended = !speaking && this.#phraseS > SHORTEST_PHRASE_S;
    const within = speaking && this.#phraseS > LONG_PHRASE_S ? NOD_WITHIN * this.#stepS : 0;
    if (this.#sinceNodS > BETWEEN_NODS_S && random.uniform() < rate * (ended ? NOD_AT_END : within)) this.#nod();
    if (stress > STRESSED && random.uniform() < BROWS_AT_STRESS * rate * stress) {
      this.#episodes.start({ pose: BROWS, riseS: 0.18, holdS: 0.3 + 0.6 * random.uniform(), fallS: 0.4 });
    }
  }

  #nod(): void {
    const random = this.#random;
    this.#sinceNodS = 0;
    const size = 0.6 + 0.6 * random.uniform();
    const pose = (scale: number): Pose => NOD.map(([channel, value]) => [channel, value * scale] as const);
    this.#episodes.start({ pose: pose(size), riseS: 0.2, holdS: 0, fallS: 0.3 });
    if (random.uniform() < SECOND_NOD) {
      this.#episodes.start({ pose: pose(0.6 * size), riseS: 0.2, holdS: 0, fallS: 0.3, waitS: 0.45 });
    }
  }
}
