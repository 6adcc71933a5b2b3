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

/** Columns of what follows the lips: a vertex for each point of their inner edges. */
const LIP_COLUMNS = 10;
const CAVITY_ROWS = 3;
const TONGUE_COLUMNS = 6;
const TONGUE_ROWS = 3;
const TEETH_COLUMNS = 12;

/** Lips this far apart, cm, are closed, and so far their corner shows what is behind. */
const CLOSED_CM = 0.01;
const APART_CM = 0.07;

/** A row of teeth: its width as a share of the dental arch's, and its height above the middle of the closed lips, cm. */
interface TeethRow {
  readonly jawed: boolean;
  readonly widthShare: number;
  readonly topCm: number;
  readonly bottomCm: number;
}
const LOWER_ROW: TeethRow = { jawed: true, widthShare: 0.86, topCm: -0.16, bottomCm: -1 };
const UPPER_ROW: TeethRow = { jawed: false, widthShare: 1, topCm: 0.62, bottomCm: -0.36 };

/** The shade that a lip throws: how far it reaches, and how strong it is in the middle. */
interface LipShade {
  readonly upper: boolean;
  readonly depthCm: number;
  readonly strength: number;
}
const UPPER_SHADE: LipShade = { upper: true, depthCm: 0.36, strength: 0.5 };
const LOWER_SHADE: LipShade = { upper: false, depthCm: 0.22, strength: 0.3 };

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
  /** Camera depth of the lips' middle. */
  private readonly lipDepthPx: number;
  // Of the frame that is being written.
  private places: Float32Array = new Float32Array(0);
  private light = 1;
  /** 0 while lips are closed: then nothing may show through the hair's breadth between them, and nothing is drawn. */
  private shown = 0;
  private jaw = 0;
  private jawSide = 0;
  private jawForward = 0;
  private tongueOut = 0;
  private raised = 0;

  constructor(facts: AppearanceFacts, head: HeadMotion, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.mouth = facts.mouth;
    this.head = head;
    const grid = (columns: number, rows: number): VertexGrid => planner.grid(partsTexture, columns, rows);
    this.cavity = grid(LIP_COLUMNS, CAVITY_ROWS);
    this.tongueLow = grid(TONGUE_COLUMNS, TONGUE_ROWS);
    this.lowerTeeth = grid(TEETH_COLUMNS, 1);
    this.tongueHigh = grid(TONGUE_COLUMNS, TONGUE_ROWS);
    this.upperTeeth = grid(TEETH_COLUMNS, 1);
    this.ownTeeth = grid(LIP_COLUMNS, 1);
    this.upperShade = grid(LIP_COLUMNS, 1);
    this.lowerShade = grid(LIP_COLUMNS, 1);
    const { rotation: r, scalePxPerCm: scale, translationPx: t } = facts.pose;
    const [x, y, z] = facts.mouth.lipsCm;
    this.lipDepthPx = t[2] + scale * (r[6]! * x + r[7]! * y + r[8]! * z);
  }

  write(motion: Float32Array, deformer: Deformer, writer: VertexWriter): void {
    const { mouth, facts } = this;
    this.places = deformer.places;
    let open = 0;
    for (let column = 1; column < LIP_COLUMNS; column++) {
      open = Math.max(open, (this.lowerY(column) - this.upperY(column)) / facts.pose.scalePxPerCm);
    }
    this.shown = smoothstep(CLOSED_CM, APART_CM, open);
    this.light = 0.76 + 0.24 * smoothstep(0.1, 1.1, open);
    this.jaw = coefficient(motion, 'jawOpen');
    this.jawSide = (coefficient(motion, 'jawLeft') - coefficient(motion, 'jawRight')) * JAW_SIDE_CM;
    this.jawForward = coefficient(motion, 'jawForward') * JAW_FORWARD_CM;
    this.tongueOut = coefficient(motion, 'tongueOut');
    this.raised = smoothstep(0.04, 0.35, this.tongueOut);

    this.writeCavity(writer);
    this.writeTongue(this.tongueLow, true, writer);
    this.writeTongue(this.tongueHigh, this.raised > 0.05, writer);
    this.writeTeeth(this.lowerTeeth, mouth.lowerTeeth, LOWER_ROW, writer);
    this.writeTeeth(this.upperTeeth, mouth.upperTeeth, UPPER_ROW, writer);
    this.writeOwnTeeth(writer);
    this.writeShade(this.upperShade, UPPER_SHADE, writer);
    this.writeShade(this.lowerShade, LOWER_SHADE, writer);
  }

  private upperX(column: number): number {
    return this.places[this.mouth.upperInner[column]! * 2]!;
  }

  private upperY(column: number): number {
    return this.places[this.mouth.upperInner[column]! * 2 + 1]!;
  }

  private lowerX(column: number): number {
    return this.places[this.mouth.lowerInner[column]! * 2]!;
  }

  private lowerY(column: number): number {
    return this.places[this.mouth.lowerInner[column]! * 2 + 1]!;
  }

  private writeCavity(writer: VertexWriter): void {
    const { mouth, facts } = this;
    const past = 0.05 * facts.pose.scalePxPerCm;
    for (let row = 0, vertex = this.cavity.first; row <= CAVITY_ROWS; row++) {
      const v = row / CAVITY_ROWS;
      // A little past the lips, so that no background shows at their edge.
      const t = mix(-0.06, 1.06, v);
      for (let column = 0; column <= LIP_COLUMNS; column++, vertex++) {
        const across = (2 * column) / LIP_COLUMNS - 1;
        const side = 1 - 0.6 * across * across;
        const apart = (this.lowerY(column) - this.upperY(column)) / facts.pose.scalePxPerCm;
        const corner = column === 0 || column === LIP_COLUMNS ? this.shown : smoothstep(CLOSED_CM, APART_CM, apart);
        const x = mix(this.upperX(column), this.lowerX(column), t);
        const y = mix(this.upperY(column) - past, this.lowerY(column) + past, t);
        writer.putPart(vertex, x, y, mouth.cavity, 0.5, 0.5, (0.3 + 0.5 * v * v) * side, corner);
      }
    }
  }

  private writeTongue({ first }: VertexGrid, inSight: boolean, writer: VertexWriter): void {
    const { mouth, head, raised, light, tongueOut } = this;
    const alpha = inSight ? this.shown : 0;
    const drop = JAW_DROP_CM * this.jaw;
    const lipY = mouth.lipsCm[1];
    const lipZ = mouth.lipsCm[2];
    for (let row = 0, vertex = first; row <= TONGUE_ROWS; row++) {
      const tip = row / TONGUE_ROWS;
      for (let column = 0; column <= TONGUE_COLUMNS; column++, vertex++) {
        const u = column / TONGUE_COLUMNS;
        const across = 2 * u - 1;
        // Its back rests against the palate's height, its tip behind the lower teeth; an arch across.
        const base = lipY - 0.5 - 0.94 * drop + 0.45 * drop * (1 - tip);
        const up = raised * (0.5 + 0.7 * drop) * (0.35 + 0.65 * tip);
        const y = base + 0.42 - 0.7 * tip + up - 0.22 * across * across;
        const z = lipZ - 1.6 + 1 * tip + 1.1 * tongueOut * tip - 0.2 * Math.abs(across);
        this.placeHead(across * 1.55 + this.jawSide, y, z);
        const shade = (0.42 + 0.4 * tip + 0.18 * raised) * light * (1 - 0.3 * Math.abs(across));
        writer.putPart(vertex, head.x, head.y, mouth.tongue, u, tip, shade, alpha);
      }
    }
  }

  private writeTeeth({ first }: VertexGrid, part: PartRect, teeth: TeethRow, writer: VertexWriter): void {
    const { mouth, head, light } = this;
    const { jawed } = teeth;
    const halfWidth = mouth.archHalfWidthCm * teeth.widthShare;
    const drop = jawed ? JAW_DROP_CM * this.jaw : 0;
    const back = jawed ? 0.25 + JAW_BACK_CM * this.jaw - this.jawForward : 0;
    const aside = jawed ? this.jawSide : 0;
    for (let row = 0, vertex = first; row <= 1; row++) {
      const towardsEdge = jawed ? 1 - row : row;
      const shade = mix(jawed ? 0.45 : 0.68, jawed ? 0.74 : 0.97, towardsEdge) * light;
      for (let column = 0; column <= TEETH_COLUMNS; column++, vertex++) {
        const u = column / TEETH_COLUMNS;
        const x = (2 * u - 1) * halfWidth;
        const arch = mouth.lipsCm[2] - 0.4 - (0.33 * x * x) / mouth.archHalfWidthCm;
        const heightCm = mouth.lipsCm[1] + (row === 0 ? teeth.topCm : teeth.bottomCm);
        this.placeHead(x + aside, heightCm - drop, arch - back);
        writer.putPart(vertex, head.x, head.y, part, u, row, shade, this.shown);
      }
    }
  }

  private writeOwnTeeth(writer: VertexWriter): void {
    const { mouth, facts, head, light } = this;
    const { ownTeeth } = mouth;
    for (let row = 0, vertex = this.ownTeeth.first; row <= 1; row++) {
      for (let column = 0; column <= LIP_COLUMNS; column++, vertex++) {
        if (ownTeeth === null) {
          writer.putPart(vertex, 0, 0, facts.black, 0.5, 0.5, 0, 0);
          continue;
        }
        const u = column / LIP_COLUMNS;
        const x = (2 * u - 1) * mouth.archHalfWidthCm;
        const depth = this.lipDepthPx - (0.4 + (0.33 * x * x) / mouth.archHalfWidthCm) * facts.pose.scalePxPerCm;
        const px = ownTeeth.originPx[0] + u * ownTeeth.sprite.width;
        const py = ownTeeth.originPx[1] + row * ownTeeth.sprite.height;
        head.place(px, -py, depth);
        writer.putPart(vertex, head.x, head.y, ownTeeth.sprite, u, row, 0.25 + 0.72 * light, this.shown);
      }
    }
  }

  private writeShade({ first }: VertexGrid, { upper, depthCm, strength }: LipShade, writer: VertexWriter): void {
    const { mouth, facts } = this;
    const depth = depthCm * facts.pose.scalePxPerCm;
    for (let row = 0, vertex = first; row <= 1; row++) {
      for (let column = 0; column <= LIP_COLUMNS; column++, vertex++) {
        const x = upper ? this.upperX(column) : this.lowerX(column);
        const y = upper ? this.upperY(column) : this.lowerY(column);
        const reach = Math.min(depth, Math.max(0, this.lowerY(column) - this.upperY(column))) * row;
        const side = smoothstep(0.5, 1, Math.abs((2 * column) / LIP_COLUMNS - 1));
        const alpha = this.shown * (row === 0 ? mix(strength, 0.9, side) : 0.6 * side);
        writer.putPart(vertex, x, upper ? y + reach : y - reach, mouth.shade, 0.5, 0.5, 1, alpha);
      }
    }
  }

  /** Places a point of canonical head space as it is drawn in this frame. */
  private placeHead(x: number, y: number, z: number): void {
    const { rotation: r, scalePxPerCm: scale, translationPx: t } = this.facts.pose;
    this.head.place(
      t[0] + scale * (r[0]! * x + r[1]! * y + r[2]! * z),
      t[1] + scale * (r[3]! * x + r[4]! * y + r[5]! * z),
      t[2] + scale * (r[6]! * x + r[7]! * y + r[8]! * z),
    );
  }
}

function coefficient(motion: Float32Array, shape: ArkitShape): number {
  return clamp(motion[MOTION_INDEX[shape]]!, 0, 1);
}
