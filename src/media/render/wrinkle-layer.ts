import { clamp } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX, type ArkitShape } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** A fold of the skin: the face points it runs along, what deepens it, and how. */
interface Fold {
  readonly points: readonly number[];
  readonly shapes: readonly (readonly [shape: ArkitShape, share: number])[];
  readonly strength: number;
  readonly halfWidthCm: number;
}

const FOLDS: readonly Fold[] = [
  // Nasolabial folds, from the wing of the nose past the corner of the mouth.
  ...(['Right', 'Left'] as const).map((side) => ({
    points: side === 'Right' ? [129, 203, 206, 216] : [358, 423, 426, 436],
    shapes: [
      [`mouthSmile${side}`, 0.8],
      [`noseSneer${side}`, 0.6],
      [`mouthUpperUp${side}`, 0.4],
      [`cheekSquint${side}`, 0.2],
    ] as const,
    strength: 0.1,
    halfWidthCm: 0.48,
  })),
  // Frown lines between the brows.
  ...(['Right', 'Left'] as const).map((side) => ({
    points: side === 'Right' ? [107, 55, 193, 122] : [336, 285, 417, 351],
    shapes: [
      [`browDown${side}`, 0.9],
      [`noseSneer${side}`, 0.3],
    ] as const,
    strength: 0.09,
    halfWidthCm: 0.3,
  })),
  // Lines across the forehead.
  {
    points: [104, 69, 108, 151, 337, 299, 333],
    shapes: [
      ['browInnerUp', 0.7],
      ['browOuterUpLeft', 0.25],
      ['browOuterUpRight', 0.25],
    ],
    strength: 0.05,
    halfWidthCm: 0.3,
  },
];

/** Shade in the folds that expressions make, which a smooth face in a portrait does not have. */
export class WrinkleLayer {
  private readonly facts: AppearanceFacts;
  private readonly folds: readonly {
    readonly fold: Fold;
    readonly grid: VertexGrid;
    /** Where in the weights each of the fold's shapes stands. */
    readonly shapes: readonly number[];
  }[];

  constructor(facts: AppearanceFacts, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.folds = FOLDS.map((fold) => ({
      fold,
      grid: planner.grid(partsTexture, fold.points.length - 1, 2),
      shapes: fold.shapes.map(([shape]) => MOTION_INDEX[shape]),
    }));
  }

  write(weights: Float32Array, { places }: Pick<Deformer, 'places'>, writer: VertexWriter): void {
    const { facts } = this;
    for (let index = 0; index < this.folds.length; index++) {
      const { fold, grid, shapes } = this.folds[index]!;
      let depth = 0;
      for (let at = 0; at < shapes.length; at++) depth += fold.shapes[at]![1] * Math.max(0, weights[shapes[at]!]!);
      const alpha = fold.strength * clamp(depth, 0, 1);
      const { points } = fold;
      const last = points.length - 1;
      for (let column = 0; column <= last; column++) {
        const here = points[column]! * 2;
        const before = points[Math.max(0, column - 1)]! * 2;
        const after = points[Math.min(last, column + 1)]! * 2;
        const dx = places[after]! - places[before]!;
        const dy = places[after + 1]! - places[before + 1]!;
        const reach = (fold.halfWidthCm * facts.pose.scalePxPerCm) / (Math.sqrt(dx * dx + dy * dy) || 1);
        const inner = column === 0 || column === last ? 0 : alpha;
        for (let row = 0; row < 3; row++) {
          writer.putPart(
            grid.first + row * (last + 1) + column,
            places[here]! - dy * reach * (row - 1),
            places[here + 1]! + dx * reach * (row - 1),
            facts.mouth.shade,
            0.5,
            0.5,
            1,
            row === 1 ? inner : 0,
          );
        }
      }
    }
  }
}
