import { Course, Eased } from '../../base/easing.ts';
import { US_PER_MS, type MediaTimeUs } from '../../base/timeline.ts';
import { EMOTIONS, type ControlMessage, type Emotion, type Gesture } from '../../../protocol/control.ts';

/** What the controls say at one moment. What is `undefined` is left to the model. */
export interface ControlState {
  readonly gaze: { readonly yaw: number; readonly pitch: number } | undefined;
  readonly distance: number | undefined;
  /** The same for what composes the frame: `share` 0..1 eases in and out, so that nothing jumps when a wish begins. */
  readonly nearness: { readonly ratio: number; readonly share: number };
  /** Strengths 0..1 that sum to 1. */
  readonly emotion: Readonly<Record<Emotion, number>> | undefined;
  readonly arousal: number | undefined;
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  readonly amplitude: number;
  readonly headMotion: number;
  /** How much of the pose of a person who writes, 0..1, and since when. */
  readonly composing: { readonly share: number; readonly forUs: number; readonly beganUs: number };
  readonly guidance: Readonly<Partial<Record<GuidedCondition, number>>>;
  readonly gestures: readonly { readonly name: Gesture; readonly ageUs: number }[];
}

type GuidedCondition = Extract<ControlMessage, { type: 'guidance' }>['condition'];
type Time = MediaTimeUs;

/** How long a control takes to arrive: eyes jump, heads turn, moods come. */
const GAZE_US = 120 * US_PER_MS;
const DISTANCE_US = 800 * US_PER_MS;
const POSE_US = 500 * US_PER_MS;
const MOOD_US = 500 * US_PER_MS;
const SCALE_US = 250 * US_PER_MS;
/** No gesture is longer. */
const GESTURE_US = 3000 * US_PER_MS;

/** A value that may be left to the model: it eases between targets, and begins and ends at once. */
class OptionalTarget {
  #given = new Course<Time, boolean>(false);
  #value: Eased<Time>;

  constructor(value = 0) {
    this.#value = new Eased(value);
  }

  set(target: number | null, at: Time, durationUs: number): void {
    const wasGiven = this.#given.at(at);
    this.#given.set(target !== null, at);
    if (target !== null) this.#value.moveTo(target, at, wasGiven ? durationUs : 0);
  }

  at(time: Time): number | undefined {
    return this.#given.at(time) ? this.#value.at(time) : undefined;
  }

  forget(time: Time): void {
    this.#given.forget(time);
    this.#value.forget(time);
  }
}

/**
 * Remembers what the controls ask for and says where they are at a moment of the media timeline, eased. Messages come in
 * the order of their time, which may lie ahead. Those that are not about motion (`mute`, `frame-rate`) have no effect.
 */
export class ControlTrack {
  readonly #gaze = { yaw: new OptionalTarget(), pitch: new OptionalTarget() };
  readonly #distance = new OptionalTarget(1);
  readonly #nearness = { ratio: new Eased<Time>(1), share: new Eased<Time>(0) };
  readonly #arousal = new OptionalTarget();
  readonly #feels = new Course<Time, boolean>(false);
  readonly #emotion = EMOTIONS.map((name) => ({ name, strength: new Eased<Time>(name === 'neutral' ? 1 : 0) }));
  readonly #pose = { yaw: new Eased<Time>(0), pitch: new Eased<Time>(0), roll: new Eased<Time>(0) };
  readonly #amplitude = new Eased<Time>(1);
  readonly #headMotion = new Eased<Time>(1);
  readonly #composing = new Eased<Time>(0);
  readonly #composingFrom = new Course<Time, Time | undefined>(undefined);
  readonly #guidance = new Course<Time, ControlState['guidance']>({});
  #gestures: { readonly name: Gesture; readonly start: Time }[] = [];

  apply(message: ControlMessage, at: Time): void {
    switch (message.type) {
      case 'gaze':
        this.#gaze.yaw.set(message.target?.yaw ?? null, at, GAZE_US);
        this.#gaze.pitch.set(message.target?.pitch ?? null, at, GAZE_US);
        break;
      case 'distance':
        this.#distance.set(message.ratio, at, DISTANCE_US);
        this.#pull(message.ratio, at);
        break;
      case 'pose':
        for (const axis of ['yaw', 'pitch', 'roll'] as const) this.#pose[axis].moveTo(message[axis], at, POSE_US);
        break;
      case 'emotion':
        this.#feel(message.name, message.strength, at);
        break;
      case 'arousal':
        this.#arousal.set(message.level, at, MOOD_US);
        break;
      case 'amplitude':
        this.#amplitude.moveTo(message.scale, at, SCALE_US);
        break;
      case 'head-motion':
        this.#headMotion.moveTo(message.scale, at, SCALE_US);
        break;
      case 'guidance':
        this.#guidance.set({ ...this.#guidance.at(at), [message.condition]: message.scale }, at);
        break;
      case 'gesture':
        this.#gestures.push({ name: message.name, start: at });
        break;
      case 'composing':
        if (message.active && this.#composing.at(at) === 0) this.#composingFrom.set(at, at);
        this.#composing.moveTo(message.active ? 1 : 0, at, MOOD_US);
        break;
      case 'mute':
      case 'interrupt':
      case 'resume':
      case 'frame-rate':
      case 'lip-clarity':
      case 'coefficients':
        break;
    }
  }

  at(time: Time): ControlState {
    const yaw = this.#gaze.yaw.at(time);
    const pitch = this.#gaze.pitch.at(time);
    const pose = this.#pose;
    return {
      gaze: yaw === undefined || pitch === undefined ? undefined : { yaw, pitch },
      distance: this.#distance.at(time),
      nearness: { ratio: this.#nearness.ratio.at(time), share: this.#nearness.share.at(time) },
      emotion: this.#feels.at(time) ? this.#emotionAt(time) : undefined,
      arousal: this.#arousal.at(time),
      pose: { yaw: pose.yaw.at(time), pitch: pose.pitch.at(time), roll: pose.roll.at(time) },
      amplitude: this.#amplitude.at(time),
      headMotion: this.#headMotion.at(time),
      composing: {
        share: this.#composing.at(time),
        forUs: Math.max(0, time - (this.#composingFrom.at(time) ?? time)),
        beganUs: this.#composingFrom.at(time) ?? 0,
      },
      guidance: this.#guidance.at(time),
      gestures: this.#gestures
        .map(({ name, start }) => ({ name, ageUs: time - start }))
        .filter(({ ageUs }) => ageUs >= 0 && ageUs < GESTURE_US),
    };
  }

  /** Drops what is of no use to those who ask for `time` and later, so that a long call stays small. */
  forget(time: Time): void {
    const { yaw, pitch, roll } = this.#pose;
    const optional = [this.#gaze.yaw, this.#gaze.pitch, this.#distance, this.#arousal];
    const { ratio, share } = this.#nearness;
    const eased = [ratio, share, yaw, pitch, roll, this.#amplitude, this.#headMotion, this.#composing];
    const strengths = this.#emotion.map(({ strength }) => strength);
    const courses = [this.#feels, this.#guidance, this.#composingFrom];
    for (const course of [...optional, ...eased, ...strengths, ...courses]) course.forget(time);
    this.#gestures = this.#gestures.filter(({ start }) => time - start < GESTURE_US);
  }

  /** The first wish has nowhere to come from but the face itself, which its share eases away from. */
  #pull(ratio: number | null, at: Time): void {
    const { ratio: eased, share } = this.#nearness;
    if (ratio !== null) eased.moveTo(ratio, at, share.at(at) > 0 ? DISTANCE_US : 0);
    share.moveTo(ratio === null ? 0 : 1, at, DISTANCE_US);
  }

  /** `neutral` at strength 0 is no wish at all: the model chooses again. */
  #feel(felt: Emotion, strength: number, at: Time): void {
    this.#feels.set(felt !== 'neutral' || strength > 0, at);
    const target = (name: Emotion): number => {
      if (felt === 'neutral') return name === 'neutral' ? 1 : 0;
      if (name === 'neutral') return 1 - strength;
      return name === felt ? strength : 0;
    };
    for (const { name, strength: eased } of this.#emotion) eased.moveTo(target(name), at, MOOD_US);
  }

  #emotionAt(time: Time): Readonly<Record<Emotion, number>> {
    const strengths = this.#emotion.map(({ name, strength }) => [name, strength.at(time)]);
    return Object.fromEntries(strengths) as Record<Emotion, number>;
  }
}
