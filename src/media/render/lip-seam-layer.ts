import { smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** Half the breadth of the shade between closed lips, cm, and how dark it is. */
const HALF_CM = 0.13;
const STRENGTH = 0.5;
/** Its colour is the cavity's, darker by this. */
const TONE = 0.5;
/** Lips this far apart, cm, no longer meet in a line. */
const MEET_CM = 0.03;
const PART_CM = 0.12;

/** The soft line along which closed lips meet: where two edges are pressed together, single pixels of either flicker. */
export class LipSeamLayer {
  private readonly facts: AppearanceFacts;
  private readonly grid: VertexGrid;
  private readonly last: number;

  constructor(facts: AppearanceFacts, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.last = facts.mouth.upperInner.length - 1;
    this.grid = planner.grid(partsTexture, this.last, 2);
  }

  write({ places }: Pick<Deformer, 'places'>, writer: VertexWriter): void {
    const { grid, last } = this;
    const { cavity, lowerInner, upperInner } = this.facts.mouth;
    const scale = this.facts.pose.scalePxPerCm;
    const right = upperInner[0]! * 2;
    const left = upperInner[last]! * 2;
    const alongX = places[left]! - places[right]!;
    const alongY = places[left + 1]! - places[right + 1]!;
    const width = Math.sqrt(alongX * alongX + alongY * alongY) || 1;
    const acrossX = (-alongY / width) * HALF_CM * scale;
    const acrossY = (alongX / width) * HALF_CM * scale;
    for (let column = 0; column <= last; column++) {
      const upper = upperInner[column]! * 2;
      const lower = lowerInner[column]! * 2;
      const gap =
        ((places[lower]! - places[upper]!) * -alongY + (places[lower + 1]! - places[upper + 1]!) * alongX) / width;
      const ends = column === 0 || column === last ? 0 : 1;
      const alpha = STRENGTH * ends * smoothstep(PART_CM, MEET_CM, gap / scale);
      const x = (places[upper]! + places[lower]!) / 2;
      const y = (places[upper + 1]! + places[lower + 1]!) / 2;
      for (let row = -1; row <= 1; row++) {
        const vertex = grid.first + (row + 1) * (last + 1) + column;
        writer.putPart(vertex, x + row * acrossX, y + row * acrossY, cavity, 0.5, 0.5, TONE, row === 0 ? alpha : 0);
      }
    }
  }
}
