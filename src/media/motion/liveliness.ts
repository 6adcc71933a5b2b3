import { mix } from '../../base/ramp.ts';

/** How much a face does of each kind; 1 is what people do in the median. */
export interface Liveliness {
  readonly head: number;
  /** How much is kept of the head that the networks make; theirs grows by itself with what they are told of liveliness. */
  readonly ownHead: number;
  readonly brows: number;
  readonly mood: number;
  readonly mouth: number;
  /** How often something happens. */
  readonly rate: number;
}

/** A newsreader: the quietest quarter of 23 filmed talkers. */
const CALM: Liveliness = { head: 0.58, ownHead: 0.55, brows: 0.6, mood: 0.6, mouth: 0.73, rate: 0.6 };
const USUAL: Liveliness = { head: 1, ownHead: 1, brows: 1, mood: 1, mouth: 1, rate: 1 };
/** As lively as the films that VASA-1 is known by. */
const LIVELY: Liveliness = { head: 1.08, ownHead: 0.6, brows: 1.7, mood: 1.6, mouth: 1.22, rate: 1.08 };
/** What nobody has asked for. */
export const USUAL_LEVEL = 0.5;

/** @param level - 0 a newsreader, 0.5 as people are, 1 as lively as VASA-1. */
export function livelinessAt(level = USUAL_LEVEL): Liveliness {
  const [from, to, share] = level < USUAL_LEVEL ? [CALM, USUAL, 2 * level] : [USUAL, LIVELY, 2 * level - 1];
  return {
    head: mix(from.head, to.head, share),
    ownHead: mix(from.ownHead, to.ownHead, share),
    brows: mix(from.brows, to.brows, share),
    mood: mix(from.mood, to.mood, share),
    mouth: mix(from.mouth, to.mouth, share),
    rate: mix(from.rate, to.rate, share),
  };
}
