import { clamp } from '../../base/ramp.ts';
import type { OwnExpression } from '../appearance.ts';
import { bothSides, type Fields } from './shapes.ts';

/** Brows differ from person to person by more than a mood moves them: so much of the difference counts as a mood. */
const BROW_SHARE = 0.6;
const MOST_BROW = 0.7;
/** Brow points and the corners of the eyes that their height is told from. */
const BROW_MIDDLES = [105, 52, 66, 65, 334, 282, 296, 295] as const;
const EYE_CORNERS = [33, 133, 263, 362] as const;

/**
 * What the face at rest still does, told from the average face.
 * @param face - `[468, 3]` cm, lips closed; @param canonical - the same of the average face; @param shapes - at 1.
 */
export function ownExpression(face: Float32Array, canonical: Float32Array, shapes: Fields): OwnExpression {
  const frown = bothSides(shapes, 'mouthFrown');
  const raise = bothSides(shapes, 'browOuterUp');
  const sunk = (riseOf(face) - riseOf(canonical)) / riseOf(frown);
  const lifted = (browHeight(face) - browHeight(canonical)) / browHeight(raise);
  return {
    smile: mouthShare(face, canonical, bothSides(shapes, 'mouthSmile')),
    frown: clamp(sunk, 0, 1),
    brows: clamp(BROW_SHARE * lifted, -MOST_BROW, MOST_BROW),
  };
}

/** @returns how much of `smile` lies between the average face's mouth and this one, 0..1. */
export function mouthShare(face: Float32Array, canonical: Float32Array, smile: Float32Array): number {
  const raised = (riseOf(face) - riseOf(canonical)) / riseOf(smile);
  const widened = (widthOf(face) - widthOf(canonical)) / widthOf(smile);
  return clamp((raised + widened) / 2, 0, 1);
}

/** Corners above the middle of the lips. */
function riseOf(points: Float32Array): number {
  return heightOf(points, [78, 308]) - heightOf(points, [13, 14]);
}

function widthOf(points: Float32Array): number {
  return points[308 * 3]! - points[78 * 3]!;
}

function browHeight(points: Float32Array): number {
  return heightOf(points, BROW_MIDDLES) - heightOf(points, EYE_CORNERS);
}

function heightOf(points: Float32Array, of: readonly number[]): number {
  return of.reduce((sum, point) => sum + points[point * 3 + 1]!, 0) / of.length;
}
