import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts, MouthFacts, PartRect } from '../appearance.ts';
import { MOTION_INDEX, type ArkitShape } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { HeadMotion } from './head-motion.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** What the jaw does to the lower teeth at coefficient 1, cm in head axes. */
const JAW_DROP_CM = 1.95;
const JAW_BACK_CM = 0.75;
const JAW_SIDE_CM = 0.7;
const JAW_FORWARD_CM = 0.7;

/** Everything behind the lips: cavity, tongue, teeth, and the shade that the lips throw on them. */
export class MouthLayer {
  private readonly facts: AppearanceFacts;
  private readonly mouth: MouthFacts;
  private readonly cavity: VertexGrid;
  private readonly tongueLow: VertexGrid;
  private readonly lowerTeeth: VertexGrid;
  private readonly tongueHigh: VertexGrid;
  private readonly upperTeeth: VertexGrid;
  private readonly ownTeeth: VertexGrid;
  private readonly upperShade: VertexGrid;
  private readonly lowerShade: VertexGrid;
  private readonly head: HeadMotion;
  private readonly offset = new Float64Array(3);

  constructor(facts: AppearanceFacts, head: HeadMotion, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.mouth = facts.mouth;
    this.head = head;
    const grid = (columns: number, rows: number): VertexGrid => planner.grid(partsTexture, columns, rows);
    this.cavity = grid(10, 3);
    this.tongueLow = grid(6, 3);
    this.lowerTeeth = grid(12, 1);
    this.tongueHigh = grid(6, 3);
    this.upperTeeth = grid(12, 1);
    this.ownTeeth = grid(10, 1);
    this.upperShade = grid(10, 1);
    this.lowerShade = grid(10, 1);
  }

  write(motion: Float32Array, deformer: Deformer, writer: VertexWriter): void {
    const { mouth, facts, head } = this;
    const value = (shape: ArkitShape): number => clamp(motion[MOTION_INDEX[shape]]!, 0, 1);
    const { places } = deformer;
    const scale = facts.pose.scalePxPerCm;
    const upperX = (column: number): number => places[mouth.upperInner[column]! * 2]!;
    const upperY = (column: number): number => places[mouth.upperInner[column]! * 2 + 1]!;
    const lowerX = (column: number): number => places[mouth.lowerInner[column]! * 2]!;
    const lowerY = (column: number): number => places[mouth.lowerInner[column]! * 2 + 1]!;
    let open = 0;
    for (let column = 1; column < 10; column++) open = Math.max(open, (lowerY(column) - upperY(column)) / scale);
    const light = 0.76 + 0.24 * smoothstep(0.1, 1.1, open);

    this.each(this.cavity, (vertex, u, v) => {
      const column = Math.round(u * 10);
      // A little past the lips, so that no background shows at their edge.
      const t = mix(-0.06, 1.06, v);
      const side = 1 - 0.6 * Math.abs(2 * u - 1) ** 2;
      const x = mix(upperX(column), lowerX(column), t);
      const y = mix(upperY(column) - 0.05 * scale, lowerY(column) + 0.05 * scale, t);
      writer.putPart(vertex, x, y, mouth.cavity, 0.5, 0.5, (0.3 + 0.5 * v * v) * side, 1);
    });

    const jaw = value('jawOpen');
    const jawSide = (value('jawLeft') - value('jawRight')) * JAW_SIDE_CM;
    const jawForward = value('jawForward') * JAW_FORWARD_CM;
    const drop = JAW_DROP_CM * jaw;
    const [, lipY, lipZ] = mouth.lipsCm;
    const half = mouth.archHalfWidthCm;
    const arch = (x: number): number => lipZ - 0.4 - (0.33 * x * x) / half;

    const tongueOut = value('tongueOut');
    const raised = smoothstep(0.04, 0.35, tongueOut);
    const tongue = (grid: VertexGrid, alpha: number): void => {
      this.each(grid, (vertex, u, v) => {
        const x = (2 * u - 1) * 1.55 + jawSide;
        const tip = v;
        // Its back rests against the palate's height, its tip behind the lower teeth; an arch across.
        const base = lipY - 0.5 - 0.94 * drop + 0.45 * drop * (1 - tip);
        const up = raised * (0.5 + 0.7 * drop) * (0.35 + 0.65 * tip);
        const y = base + 0.42 - 0.7 * tip + up - 0.22 * (2 * u - 1) ** 2;
        const z = lipZ - 1.6 + 1 * tip + 1.1 * tongueOut * tip - 0.2 * Math.abs(2 * u - 1);
        this.placeHead(x, y, z);
        const shade = (0.42 + 0.4 * tip + 0.18 * raised) * light * (1 - 0.3 * Math.abs(2 * u - 1));
        writer.putPart(vertex, head.x, head.y, mouth.tongue, u, v, shade, alpha);
      });
    };
    tongue(this.tongueLow, 1);
    tongue(this.tongueHigh, raised > 0.05 ? 1 : 0);

    const teeth = (
      grid: VertexGrid,
      part: PartRect,
      halfWidth: number,
      top: number,
      bottom: number,
      jawed: boolean,
    ): void => {
      this.each(grid, (vertex, u, v) => {
        const x = (2 * u - 1) * halfWidth;
        const z = arch(x) - (jawed ? 0.25 + JAW_BACK_CM * jaw - jawForward : 0);
        this.placeHead(x + (jawed ? jawSide : 0), mix(top, bottom, v) - (jawed ? drop : 0), z);
        const towardsEdge = jawed ? 1 - v : v;
        const shade = mix(jawed ? 0.45 : 0.68, jawed ? 0.74 : 0.97, towardsEdge) * light;
        writer.putPart(vertex, head.x, head.y, part, u, v, shade, 1);
      });
    };
    teeth(this.lowerTeeth, mouth.lowerTeeth, half * 0.86, lipY - 0.16, lipY - 1, true);
    teeth(this.upperTeeth, mouth.upperTeeth, half, lipY + 0.62, lipY - 0.36, false);
    this.writeOwnTeeth(light, writer);

    const shade = (grid: VertexGrid, lip: 'upper' | 'lower', depthCm: number, strength: number): void => {
      this.each(grid, (vertex, u, v) => {
        const column = Math.round(u * 10);
        const x = lip === 'upper' ? upperX(column) : lowerX(column);
        const y = lip === 'upper' ? upperY(column) : lowerY(column);
        const reach = Math.min(depthCm * scale, Math.max(0, lowerY(column) - upperY(column)));
        const side = smoothstep(0.5, 1, Math.abs(2 * u - 1));
        const alpha = v === 0 ? mix(strength, 0.9, side) : 0.6 * side;
        const inward = lip === 'upper' ? reach * v : -reach * v;
        writer.putPart(vertex, x, y + inward, mouth.shade, 0.5, 0.5, 1, alpha);
      });
    };
    shade(this.upperShade, 'upper', 0.36, 0.5);
    shade(this.lowerShade, 'lower', 0.22, 0.3);
  }

  private writeOwnTeeth(light: number, writer: VertexWriter): void {
    const { mouth, facts, head } = this;
    const { ownTeeth } = mouth;
    if (ownTeeth === null) {
      this.each(this.ownTeeth, (vertex) => {
        writer.putPart(vertex, 0, 0, facts.black, 0.5, 0.5, 0, 0);
      });
      return;
    }
    const [, , lipZ] = mouth.lipsCm;
    this.placeDepth(lipZ);
    const z = this.offset[2]!;
    const { pose } = facts;
    this.each(this.ownTeeth, (vertex, u, v) => {
      const x = (2 * u - 1) * mouth.archHalfWidthCm;
      const depth = z - (0.4 + (0.33 * x * x) / mouth.archHalfWidthCm) * pose.scalePxPerCm;
      const px = ownTeeth.originPx[0] + u * ownTeeth.sprite.width;
      const py = ownTeeth.originPx[1] + v * ownTeeth.sprite.height;
      head.place(px, -py, depth, 1, 1);
      writer.putPart(vertex, head.x, head.y, ownTeeth.sprite, u, v, 0.25 + 0.72 * light, 1);
    });
  }

  /** Places a point of canonical head space as it is drawn in this frame. */
  private placeHead(x: number, y: number, z: number): void {
    const { rotation: r, scalePxPerCm: scale, translationPx: t } = this.facts.pose;
    this.head.place(
      t[0] + scale * (r[0]! * x + r[1]! * y + r[2]! * z),
      t[1] + scale * (r[3]! * x + r[4]! * y + r[5]! * z),
      t[2] + scale * (r[6]! * x + r[7]! * y + r[8]! * z),
      1,
      1,
    );
  }

  private placeDepth(z: number): void {
    const { rotation: r, scalePxPerCm: scale, translationPx: t } = this.facts.pose;
    const [x, y] = this.mouth.lipsCm;
    this.offset[2] = t[2] + scale * (r[6]! * x + r[7]! * y + r[8]! * z);
  }

  private each({ first, columns, rows }: VertexGrid, write: (vertex: number, u: number, v: number) => void): void {
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        write(first + row * (columns + 1) + column, column / columns, row / rows);
      }
    }
  }
}
