import {
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  LIP_OUTER_LOWER,
  LIP_OUTER_UPPER,
  LIP_RED_LOWER,
  LIP_RED_UPPER,
} from './landmark-groups.ts';
import { mouthShare } from './own-expression.ts';
import type { RigSolver } from './rig-solver.ts';
import { HandleSet } from './shapes-handles.ts';

export interface MouthRest {
  /** `[468, 3]` cm in head axes: the face as it is at coefficient 0, lips closed, half of a smile let go. */
  readonly face: Float32Array;
  /** How far the portrait's lips are apart. */
  readonly gapCm: number;
  /** 0..1: how broadly the portrait smiles. */
  readonly smile: number;
}

/** Between closed lips the inner contours stay this far past each other, so that no slot opens by rounding. */
const OVERLAP_CM = 0.03;
/** A whole smile taken away looks like another person; this share was chosen by eye. */
const UNSMILE_SHARE = 0.5;

/**
 * Closes an open or smiling mouth: that is the face at rest.
 * @param canonical - `[468, 3]` cm; @param smile - `[468, 3]` cm: what a smile at 1 does to a face.
 */
export function closeMouth(
  face: Float32Array,
  canonical: Float32Array,
  solver: RigSolver,
  mirror: Uint16Array,
  smile: Float32Array,
): MouthRest {
  const handles = new HandleSet(face, solver, mirror);
  const at = (point: number, axis: number): number => face[point * 3 + axis]!;
  for (let index = 1; index < 10; index++) {
    const upper = LIP_INNER_UPPER[index]!;
    const lower = LIP_INNER_LOWER[index]!;
    const seam = [
      (at(upper, 0) + at(lower, 0)) / 2,
      at(upper, 1) * 0.45 + at(lower, 1) * 0.55,
      (at(upper, 2) + at(lower, 2)) / 2,
    ] as const;
    const toSeam = (point: number, overlap: number): readonly [number, number, number] => [
      seam[0] - at(point, 0),
      seam[1] - at(point, 1) + overlap,
      (seam[2] - at(point, 2)) * 0.5,
    ];
    const close = (rows: readonly (readonly number[])[], inner: number, overlap: number, outerShare: number): void => {
      const [dx, dy, dz] = toSeam(inner, overlap);
      const outer = (seam[1] - at(inner, 1)) * outerShare;
      // The red between both edges goes along by its share, or a wide smile that closes folds it over the inner edge.
      rows.forEach((row, line) => {
        const share = 1 - line / (rows.length - 1);
        handles.move([row[index]!], share * dx, outer + share * (dy - outer), share * dz);
      });
    };
    close([LIP_INNER_UPPER, ...LIP_RED_UPPER, LIP_OUTER_UPPER], upper, -OVERLAP_CM, 0.75);
    close([LIP_INNER_LOWER, ...LIP_RED_LOWER, LIP_OUTER_LOWER], lower, OVERLAP_CM, 0.85);
  }
  const gapCm = Math.max(0, at(13, 1) - at(14, 1));
  handles.move([152, 175, 199], 0, gapCm * 0.3, 0).move([18], 0, gapCm * 0.5, 0);
  handles.hold(FIXED);
  const closing = handles.solve();
  const smiling = mouthShare(face, canonical, smile);
  const rest = face.map((value, index) => value + closing[index]! - UNSMILE_SHARE * smiling * smile[index]!);
  return { face: rest, gapCm, smile: smiling };
}

const FIXED = [
  33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 263, 249, 390, 373, 374, 380, 381, 382,
  362, 398, 384, 385, 386, 387, 388, 466, 6, 168, 9, 8, 1, 4, 5, 195, 197, 2, 98, 327, 94, 19, 10, 338, 109, 67, 297,
  103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454, 58, 288, 61, 291,
] as const;
