import type { Appearance } from '../appearance.ts';
import { ARKIT_DIMS } from '../motion-space.ts';
import type { HeadMotion } from './head-motion.ts';

/** Sums shapes and moves the head: gives every mesh vertex its place in the picture. */
export class Deformer {
  /** `[v, 2]` pixels of the picture, y down: where each mesh vertex is drawn. */
  readonly places: Float32Array;
  /** `[v, 3]` camera space with shapes but before the head's motion. */
  readonly shaped: Float32Array;
  private readonly appearance: Appearance;

  constructor(appearance: Appearance) {
    this.appearance = appearance;
    this.shaped = new Float32Array(appearance.facts.vertexCount * 3);
    this.places = new Float32Array(appearance.facts.vertexCount * 2);
  }

  update(weights: Float32Array): void {
    const { shaped } = this;
    const { vertexPositions, shapeOffsets, shapeVertices, shapeVectors } = this.appearance.arrays;
    shaped.set(vertexPositions);
    for (let shape = 0; shape < ARKIT_DIMS; shape++) {
      const weight = weights[shape]!;
      if (weight === 0) continue;
      const end = shapeOffsets[shape + 1]!;
      for (let entry = shapeOffsets[shape]!; entry < end; entry++) {
        const to = shapeVertices[entry]! * 3;
        const from = entry * 3;
        shaped[to]! += weight * shapeVectors[from]!;
        shaped[to + 1]! += weight * shapeVectors[from + 1]!;
        shaped[to + 2]! += weight * shapeVectors[from + 2]!;
      }
    }
  }

  /** After `update`, and whatever else moves `shaped`. */
  place(head: HeadMotion): void {
    const { vertexHeadWeights, vertexFreedoms } = this.appearance.arrays;
    head.placeAll(this.shaped, vertexHeadWeights, vertexFreedoms, this.places);
  }
}
