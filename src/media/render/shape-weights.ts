import { clamp } from '../../base/ramp.ts';
import { ARKIT_DIMS, MOTION_INDEX, type ArkitShape } from '../motion-space.ts';

const BROWS = ['browDownLeft', 'browDownRight', 'browInnerUp', 'browOuterUpLeft', 'browOuterUpRight'] as const;

/**
 * Turns coefficients into the weights that are summed. Shapes are solved one at a time, so where anatomy allows only one
 * of two (a lid that is shut cannot also open wide) the weaker gives way here.
 * @param weights - `[ARKIT_DIMS]`, overwritten.
 */
export function shapeWeights(motion: Float32Array, browFreedom: number, weights: Float32Array): void {
  for (let index = 0; index < ARKIT_DIMS; index++) {
    const value = motion[index]!;
    // Networks overshoot a little; beyond that a coefficient means nothing.
    weights[index] = Number.isFinite(value) ? clamp(value, -0.1, 1.1) : 0;
  }
  const get = (shape: ArkitShape): number => weights[MOTION_INDEX[shape]]!;
  const scale = (shape: ArkitShape, factor: number): void => {
    weights[MOTION_INDEX[shape]]! *= factor;
  };
  for (const side of ['Left', 'Right'] as const) {
    const shut = clamp(get(`eyeBlink${side}`), 0, 1);
    scale(`eyeLookDown${side}`, 1 - shut);
    scale(`eyeLookUp${side}`, 1 - shut);
    scale(`eyeWide${side}`, 1 - shut);
    scale(`eyeSquint${side}`, 1 - 0.75 * shut);
    scale(`cheekSquint${side}`, 1 - 0.4 * shut);
  }
  const round = clamp(get('mouthPucker') + 0.8 * get('mouthFunnel'), 0, 1);
  for (const side of ['Left', 'Right'] as const) {
    scale(`mouthSmile${side}`, 1 - 0.7 * round);
    scale(`mouthStretch${side}`, 1 - 0.7 * round);
    scale(`mouthDimple${side}`, 1 - 0.6 * round);
  }
  // Funnel and pucker narrow the mouth by the same muscle.
  scale('mouthFunnel', 1 - 0.4 * clamp(get('mouthPucker'), 0, 1));
  // The jaw cannot shut further than the lips it carries.
  weights[MOTION_INDEX.mouthClose] = Math.min(get('mouthClose'), Math.max(0, get('jawOpen')) + 0.05);
  for (const brow of BROWS) scale(brow, browFreedom);
}
