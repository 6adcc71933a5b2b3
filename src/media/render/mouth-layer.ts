import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { Appearance, AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { HeadMotion } from './head-motion.ts';
import { HeadSpace } from './head-space.ts';
import { JawCarriage } from './jaw-carriage.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';
import { MouthVeil } from './mouth-veil.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import { TeethLayer } from './teeth-layer.ts';
import { TongueBody } from './tongue-body.ts';
import type { VertexWriter } from './vertex-writer.ts';

const CAVITY_ROWS = 4;
/** Coefficients at which the tongue begins to rise, has risen, and comes out between the teeth. */
const RISING = 0.004;
const RISEN = 0.05;
/**
 * The motion model sends no tongue, so its tip also rises with the shape that l, n, t, d, s and i share: lips this far
 * apart, cm, and not rounded. The wider the mouth, the lower it lies; in an "a" it lies on the floor.
 */
const HIGH_CM = 0.3;
const LOW_CM = 0.75;
const HIGH_SHARE = 0.6;
const OUT = 0.2;
const OUT_CM = 1.1;

/** Everything behind the lips: cavity, tongue, teeth, and the shade that lips and cheeks throw on them. */
export class MouthLayer {
  private readonly facts: AppearanceFacts;
  private readonly cavity: VertexGrid;
  private readonly tongue: TongueBody;
  private readonly lowerTeeth: TeethLayer;
  private readonly tongueOut: TongueBody;
  private readonly upperTeeth: TeethLayer;
  private readonly veil: MouthVeil;
  private readonly jaw: JawCarriage;

  constructor(appearance: Appearance, head: HeadMotion, planner: ScenePlanner, partsTexture: number) {
    const { facts } = appearance;
    const { mouth, pose } = facts;
    this.facts = facts;
    this.jaw = new JawCarriage(appearance);
    const space = new HeadSpace(pose, head);
    this.cavity = planner.grid(partsTexture, LIP_COLUMNS, CAVITY_ROWS);
    this.tongue = new TongueBody(mouth, space, planner, partsTexture);
    this.lowerTeeth = new TeethLayer(mouth.lowerTeeth, mouth.tilt, true, space, planner, partsTexture);
    this.tongueOut = new TongueBody(mouth, space, planner, partsTexture);
    this.upperTeeth = new TeethLayer(mouth.upperTeeth, mouth.tilt, false, space, planner, partsTexture);
    this.veil = new MouthVeil(mouth.shade, planner, partsTexture);
  }

  /** @param weights - of all shapes, as they are summed. */
  write(weights: Float32Array, opening: MouthOpening, writer: VertexWriter): void {
    const { jaw } = this;
    jaw.update(weights);
    const out = clamp(weights[MOTION_INDEX.tongueOut]!, 0, 1);
    const high = HIGH_SHARE * (1 - opening.round) * smoothstep(LOW_CM, HIGH_CM, opening.openCm);
    const raised = Math.max(high, smoothstep(RISING, RISEN, out));
    const outside = smoothstep(0.5 * OUT, OUT, out);
    this.writeCavity(opening, writer);
    this.tongue.write(jaw, opening, raised, 0, opening.visible, writer);
    this.lowerTeeth.write(jaw, opening, writer);
    this.tongueOut.write(jaw, opening, 0.7 * raised, OUT_CM * out, opening.visible * outside, writer);
    this.upperTeeth.write(jaw, opening, writer);
    this.veil.write(opening, writer);
  }

  /** The walls: darkest behind the upper teeth, where the throat is, and lighter on the floor that faces the light. */
  private writeCavity({ lower, shown, upper }: MouthOpening, writer: VertexWriter): void {
    const { mouth, pose } = this.facts;
    const past = 0.05 * pose.scalePxPerCm;
    for (let row = 0, vertex = this.cavity.first; row <= CAVITY_ROWS; row++) {
      const v = row / CAVITY_ROWS;
      // A little past the lips, so that no background shows at their edge.
      const t = mix(-0.06, 1.06, v);
      const floor = mix(0.6, 0.84, smoothstep(0.4, 1, v));
      for (let column = 0; column <= LIP_COLUMNS; column++, vertex++) {
        const across = (2 * column) / LIP_COLUMNS - 1;
        const x = mix(upper[column * 2]!, lower[column * 2]!, t);
        const y = mix(upper[column * 2 + 1]! - past, lower[column * 2 + 1]! + past, t);
        writer.putPart(vertex, x, y, mouth.cavity, 0.5, 0.5, floor * (1 - 0.3 * across * across), shown[column]!);
      }
    }
  }
}
