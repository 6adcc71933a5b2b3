import { clamp } from '../../base/ramp.ts';
import type { OwnExpression } from '../appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX, type ArkitShape } from '../motion-space.ts';

const BROWS = (['browDownLeft', 'browDownRight', 'browInnerUp', 'browOuterUpLeft', 'browOuterUpRight'] as const).map(
  (shape) => MOTION_INDEX[shape],
);
const SIDES = (['Left', 'Right'] as const).map((side) => {
  const index = (shape: ArkitShape): number => MOTION_INDEX[shape];
  return {
    blink: index(`eyeBlink${side}`),
    lookDown: index(`eyeLookDown${side}`),
    lookUp: index(`eyeLookUp${side}`),
    wide: index(`eyeWide${side}`),
    squint: index(`eyeSquint${side}`),
    cheek: index(`cheekSquint${side}`),
    smile: index(`mouthSmile${side}`),
    stretch: index(`mouthStretch${side}`),
    dimple: index(`mouthDimple${side}`),
    frown: index(`mouthFrown${side}`),
    press: index(`mouthPress${side}`),
    sneer: index(`noseSneer${side}`),
    browDown: index(`browDown${side}`),
    browUp: index(`browOuterUp${side}`),
  };
});
const { browInnerUp: INNER, jawOpen: JAW, mouthClose: CLOSE, mouthFunnel: FUNNEL, mouthPucker: PUCKER } = MOTION_INDEX;
/** A feeling is whole at about this coefficient: then none of the portrait's own opposite is left. */
const FELT = 0.5;
/** What is lost of either brow shape when both are whole. */
const RAISED_BOTH = 0.28;
const NEUTRAL: OwnExpression = { smile: 0, frown: 0, brows: 0 };

/**
 * How far lids follow a gaze that goes as far as it can here: the measured shapes look up and down twice as far as
 * `GAZE_PITCH_LIMIT_DEG`, and lids that came down as far would make the face drowsy.
 */
const LIDS_FOLLOW = { down: 0.6, up: 0.75 } as const;

/**
 * Turns coefficients into the weights that are summed. Shapes are solved one at a time, so where anatomy allows only one
 * of two (a lid that is shut cannot also open wide) the weaker gives way here.
 * @param weights - `[ARKIT_DIMS]`, overwritten. @param own - what the portrait does at rest; it stays until the opposite
 * is asked for.
 */
export function shapeWeights(motion: Float32Array, browFreedom: number, weights: Float32Array, own = NEUTRAL): void {
  for (let index = 0; index < ARKIT_DIMS; index++) {
    const value = motion[index]!;
    // Networks overshoot a little; beyond that a coefficient means nothing.
    weights[index] = Number.isFinite(value) ? clamp(value, -0.1, 1.1) : 0;
  }
  const round = clamp(weights[PUCKER]! + 0.8 * weights[FUNNEL]!, 0, 1);
  const dropped = clamp(weights[JAW]!, 0, 1);
  for (let side = 0; side < SIDES.length; side++) {
    const at = SIDES[side]!;
    const shut = clamp(weights[at.blink]!, 0, 1);
    weights[at.lookDown]! *= LIDS_FOLLOW.down * (1 - shut);
    weights[at.lookUp]! *= LIDS_FOLLOW.up * (1 - shut);
    weights[at.wide]! *= 1 - shut;
    weights[at.squint]! *= 1 - 0.75 * shut;
    weights[at.cheek]! *= 1 - 0.4 * shut;
    // A jaw that drops draws the corners down and in, against whatever draws them out.
    weights[at.smile]! *= (1 - 0.7 * round) * (1 - 0.25 * dropped);
    // Three shapes draw the corner of the mouth out; it has only one way to go.
    const smiling = clamp(weights[at.smile]!, 0, 1);
    weights[at.stretch]! *= (1 - 0.7 * round) * (1 - 0.5 * smiling);
    weights[at.dimple]! *= (1 - 0.6 * round) * (1 - 0.6 * smiling);
  }
  // Funnel and pucker narrow the mouth by the same muscle.
  const funnel = clamp(weights[FUNNEL]!, 0, 1);
  weights[FUNNEL]! *= 1 - 0.45 * clamp(weights[PUCKER]!, 0, 1);
  weights[PUCKER]! *= 1 - 0.3 * funnel;
  // The jaw cannot shut further than the lips it carries.
  weights[CLOSE] = Math.min(weights[CLOSE]!, Math.max(0, weights[JAW]!) + 0.05);
  raiseOnce(weights);
  letGo(own, round, weights);
  for (let brow = 0; brow < BROWS.length; brow++) weights[BROWS[brow]!]! *= browFreedom;
}

/** Inner and outer brow are raised by one muscle, which shortens no further when both are asked for whole. */
function raiseOnce(weights: Float32Array): void {
  const inner = clamp(weights[INNER]!, 0, 1);
  let outer = 0;
  for (let side = 0; side < SIDES.length; side++) {
    const at = SIDES[side]!.browUp;
    const raised = clamp(weights[at]!, 0, 1);
    outer += raised / 2;
    weights[at]! *= 1 - RAISED_BOTH * inner * raised;
  }
  weights[INNER]! *= 1 - RAISED_BOTH * inner * outer;
}

/** Takes the portrait's own expression back as far as its opposite is asked for. */
function letGo(own: OwnExpression, round: number, weights: Float32Array): void {
  if (own.smile === 0 && own.frown === 0 && own.brows === 0) return;
  const inner = clamp(weights[INNER]!, 0, 1);
  for (let side = 0; side < SIDES.length; side++) {
    const at = SIDES[side]!;
    // Fear and surprise have no smile either: eyes wide or lips drawn aside, under brows that rise in the middle.
    const startled = 0.8 * clamp(weights[at.wide]! + weights[at.stretch]!, 0, 1) * inner;
    const down = weights[at.frown]! + 0.5 * weights[at.press]! + 0.4 * (weights[at.sneer]! + round) + startled;
    const smile = weights[at.smile]!;
    const browDown = weights[at.browDown]!;
    const browUp = weights[at.browUp]! + inner;
    weights[at.smile]! -= own.smile * clamp((down - smile) / FELT, 0, 1);
    weights[at.frown]! -= own.frown * clamp((smile - down) / FELT, 0, 1);
    if (own.brows > 0) {
      const back = own.brows * clamp((browDown - browUp) / FELT, 0, 1);
      weights[at.browUp]! -= back;
      weights[INNER]! -= back / 2;
    } else weights[at.browDown]! += own.brows * clamp((browUp - browDown) / FELT, 0, 1);
  }
}
