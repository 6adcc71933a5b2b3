import { clamp, mix } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import { FOLDS, type Fold } from './folds.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** Fainter than this a fold is not seen, and its triangles are drawn as nothing. */
const LEAST_ALPHA = 0.004;
/** Folds are shaded with the flesh of the mouth, lighter and redder than its dark, or they look grey on light skin. */
const FLESH = 1.3;
/** Rows of a fold: one side, its line, the other side. */
const ROWS = 3;

/** Shade in the folds that expressions make, which a smooth face in a portrait does not have. */
export class WrinkleLayer {
  private readonly facts: AppearanceFacts;
  private readonly folds: readonly {
    readonly fold: Fold;
    readonly grid: VertexGrid;
    /** Where in the weights each of the fold's shapes stands. */
    readonly shapes: readonly number[];
  }[];
  /** Of the fold that is being written: `[points, 2]` where it passes. */
  private readonly line = new Float32Array(2 * Math.max(...FOLDS.map(({ points }) => points.length)));

  constructor(facts: AppearanceFacts, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.folds = FOLDS.map((fold) => ({
      fold,
      grid: planner.grid(partsTexture, fold.points.length - 1, ROWS - 1),
      shapes: fold.shapes.map(([shape]) => MOTION_INDEX[shape]),
    }));
  }

  write(weights: Float32Array, { places }: Pick<Deformer, 'places'>, writer: VertexWriter): void {
    for (let index = 0; index < this.folds.length; index++) {
      const { fold, grid, shapes } = this.folds[index]!;
      let depth = 0;
      for (let at = 0; at < shapes.length; at++) depth += fold.shapes[at]![1] * Math.max(0, weights[shapes[at]!]!);
      const skin = fold.creased ? this.facts.creases : 0.25 + 0.75 * this.facts.creases;
      const alpha = FLESH * fold.strength * skin * clamp(depth, 0, 1.2);
      if (alpha < LEAST_ALPHA) this.clear(grid, writer);
      else {
        this.trace(fold, places);
        this.shade(fold, grid, alpha, writer);
      }
    }
  }

  private clear({ first, columns }: VertexGrid, writer: VertexWriter): void {
    const vertices = (columns + 1) * ROWS;
    for (let vertex = first; vertex < first + vertices; vertex++) {
      writer.putPart(vertex, 0, 0, this.facts.mouth.cavity, 0.5, 0.5, 1, 0);
    }
  }

  private trace({ points }: Fold, places: Float32Array): void {
    for (let column = 0; column < points.length; column++) {
      const point = points[column]!;
      const from = 2 * (typeof point === 'number' ? point : point[0]);
      const to = 2 * (typeof point === 'number' ? point : point[1]);
      const share = typeof point === 'number' ? 0 : point[2];
      this.line[column * 2] = mix(places[from]!, places[to]!, share);
      this.line[column * 2 + 1] = mix(places[from + 1]!, places[to + 1]!, share);
    }
  }

  private shade({ points, reachCm }: Fold, grid: VertexGrid, alpha: number, writer: VertexWriter): void {
    const { facts, line } = this;
    const scale = facts.pose.scalePxPerCm;
    const last = points.length - 1;
    for (let column = 0; column <= last; column++) {
      const here = column * 2;
      const before = Math.max(0, column - 1) * 2;
      const after = Math.min(last, column + 1) * 2;
      const dx = line[after]! - line[before]!;
      const dy = line[after + 1]! - line[before + 1]!;
      const unit = scale / (Math.sqrt(dx * dx + dy * dy) || 1);
      const inner = column === 0 || column === last ? 0 : alpha;
      for (let row = 0; row < ROWS; row++) {
        const reach = row === 0 ? -reachCm[0] * unit : row === 1 ? 0 : reachCm[1] * unit;
        writer.putPart(
          grid.first + row * (last + 1) + column,
          line[here]! - dy * reach,
          line[here + 1]! + dx * reach,
          facts.mouth.cavity,
          0.5,
          0.5,
          1,
          row === 1 ? inner : 0,
        );
      }
    }
  }
}
