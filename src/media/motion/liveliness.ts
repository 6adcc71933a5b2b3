import { mix } from '../../base/ramp.ts';

/** How much a face does of each kind; 1 is what people do in the median. */
export interface Liveliness {
  readonly head: number;
  readonly brows: number;
  readonly mood: number;
  readonly mouth: number;
  /** How often something happens. */
  readonly rate: number;
}

/** A newsreader: the quietest quarter of 23 filmed talkers. */
const CALM: Liveliness = { head: 0.5, brows: 0.55, mood: 0.6, mouth: 0.8, rate: 0.6 };
const USUAL: Liveliness = { head: 1, brows: 1, mood: 1, mouth: 1, rate: 1 };
/** As lively as the films that VASA-1 is known by. */
const LIVELY: Liveliness = { head: 1.1, brows: 1.55, mood: 1.5, mouth: 1.25, rate: 1.15 };
/** What nobody has asked for. */
export const USUAL_LEVEL = 0.5;

/** @param level - 0 a newsreader, 0.5 as people are, 1 as lively as VASA-1. */
export function livelinessAt(level = USUAL_LEVEL): Liveliness {
  const [from, to, share] = level < USUAL_LEVEL ? [CALM, USUAL, 2 * level] : [USUAL, LIVELY, 2 * level - 1];
  return {
    head: mix(from.head, to.head, share),
    brows: mix(from.brows, to.brows, share),
    mood: mix(from.mood, to.mood, share),
    mouth: mix(from.mouth, to.mouth, share),
    rate: mix(from.rate, to.rate, share),
  };
}
