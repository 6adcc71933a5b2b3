import type { Appearance } from '../appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX } from '../motion-space.ts';

const JAW_SHAPES = ['jawOpen', 'jawForward', 'jawLeft', 'jawRight'] as const;

/**
 * How far the jaw is from where it rests, cm in head axes, read from what the jaw's shapes do to the lower lip: whatever
 * size a rig gives its shapes, teeth and tongue go along.
 */
export class JawCarriage {
  dropCm = 0;
  /** To the person's left. */
  sideCm = 0;
  forwardCm = 0;
  /** What all that draws the middle of the upper lip down does to it, at most 0. */
  upperLipCm = 0;
  /** `[ARKIT_DIMS]` what each shape at 1 adds to it. */
  private readonly upperLip = new Float32Array(ARKIT_DIMS);
  private readonly shapes: readonly { readonly index: number; readonly moveCm: readonly [number, number, number] }[];

  constructor({ arrays, facts }: Appearance) {
    const { rotation: r, scalePxPerCm } = facts.pose;
    const lip = facts.mouth.lowerInner[facts.mouth.lowerInner.length >> 1]!;
    const above = facts.mouth.upperInner[facts.mouth.upperInner.length >> 1]!;
    for (let shape = 0; shape < ARKIT_DIMS; shape++) {
      for (let entry = arrays.shapeOffsets[shape]!; entry < arrays.shapeOffsets[shape + 1]!; entry++) {
        if (arrays.shapeVertices[entry] !== above) continue;
        const [x = 0, y = 0, z = 0] = arrays.shapeVectors.subarray(entry * 3, entry * 3 + 3);
        this.upperLip[shape] = (r[1]! * x + r[4]! * y + r[7]! * z) / scalePxPerCm;
      }
    }
    this.shapes = JAW_SHAPES.map((name) => {
      const index = MOTION_INDEX[name];
      const moveCm: [number, number, number] = [0, 0, 0];
      for (let entry = arrays.shapeOffsets[index]!; entry < arrays.shapeOffsets[index + 1]!; entry++) {
        if (arrays.shapeVertices[entry] !== lip) continue;
        const move = [0, 1, 2].map((axis) => arrays.shapeVectors[entry * 3 + axis]! / scalePxPerCm);
        for (let axis = 0; axis < 3; axis++) {
          moveCm[axis] = r[axis]! * move[0]! + r[3 + axis]! * move[1]! + r[6 + axis]! * move[2]!;
        }
      }
      return { index, moveCm };
    });
  }

  /** @param weights - of all shapes, as they are summed. */
  update(weights: Float32Array): void {
    this.dropCm = this.sideCm = this.forwardCm = 0;
    for (let at = 0; at < this.shapes.length; at++) {
      const { index, moveCm } = this.shapes[at]!;
      const weight = weights[index]!;
      this.sideCm += weight * moveCm[0];
      this.dropCm -= weight * moveCm[1];
      // Opening takes the lip back as well; that the teeth do by the hinge's own measure.
      if (at > 0) this.forwardCm += weight * moveCm[2];
    }
    this.dropCm = Math.max(0, this.dropCm);
    this.upperLipCm = 0;
    for (let shape = 0; shape < ARKIT_DIMS; shape++)
      this.upperLipCm += Math.min(0, weights[shape]! * this.upperLip[shape]!);
  }
}
