import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts, EyeFacts, PartRect } from '../appearance.ts';
import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, MOTION_INDEX } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { HeadMotion } from './head-motion.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

const DEG = Math.PI / 180;
/** Radius of the eyeball over that of the iris (12 mm and 5.85 mm in adults), and the most of it in canonical cm. */
const BALL_OVER_IRIS = 2.05;
const BALL_CM = 1.4;
/** A reflex on the cornea travels about half as far as the pupil under it. */
const REFLEX_TRAVEL = 0.45;
/** The lid's shadow on the globe: how far each of its rows lies below the lid's edge, cm, and its share of the darkness. */
const SHADOW_ROWS = [
  [0, 1],
  [0.13, 0.5],
  [0.38, 0],
] as const;
/** Lids hide the iris's edges, so it must move further up and down to be seen to (bench/closed-loop.ts). */
const UP_GAIN = 1.4;
const DOWN_GAIN = 1.45;
const YAW_GAIN = 1.1;
/** A lid that comes down takes the eye along, by this share of its way: half shut, it shows an iris and not the white below. */
const BLINK_DOWN = 0.3;

const SCLERA_COLUMNS = 8;
const SCLERA_ROWS = 2;
const IRIS_CELLS = 2;

/** One eyeball behind its lids. */
export class EyeLayer {
  private readonly eye: EyeFacts;
  private readonly facts: AppearanceFacts;
  private readonly head: HeadMotion;
  private readonly sideSign: 1 | -1;
  /** Where in a motion frame this eye's blink and looks stand. */
  private readonly blink: number;
  private readonly out: number;
  private readonly in: number;
  private readonly up: number;
  private readonly down: number;
  /** How the globe is curved, and how far from its middle the iris turns. */
  private readonly curvePx: number;
  private readonly turnPx: number;
  private readonly sclera: VertexGrid;
  private readonly iris: VertexGrid;
  private readonly catchLight: VertexGrid;
  private readonly shadow: VertexGrid;
  /** Where the globe turns in the frame that is being written, radians. */
  private yaw = 0;
  private pitch = 0;

  constructor(
    facts: AppearanceFacts,
    side: 'Left' | 'Right',
    head: HeadMotion,
    planner: ScenePlanner,
    partsTexture: number,
  ) {
    this.facts = facts;
    this.head = head;
    this.eye = side === 'Left' ? facts.eyes.left : facts.eyes.right;
    this.sideSign = side === 'Left' ? 1 : -1;
    this.blink = MOTION_INDEX[`eyeBlink${side}`];
    this.out = MOTION_INDEX[`eyeLookOut${side}`];
    this.in = MOTION_INDEX[`eyeLookIn${side}`];
    this.up = MOTION_INDEX[`eyeLookUp${side}`];
    this.down = MOTION_INDEX[`eyeLookDown${side}`];
    this.curvePx = this.eye.irisRadiusPx * BALL_OVER_IRIS;
    // Drawn irises are larger than real ones; on a ball as large as they ask for, they would look too far.
    this.turnPx = Math.min(this.curvePx, BALL_CM * facts.pose.scalePxPerCm);
    this.sclera = planner.grid(partsTexture, SCLERA_COLUMNS, SCLERA_ROWS);
    this.iris = planner.grid(partsTexture, IRIS_CELLS, IRIS_CELLS);
    this.catchLight = planner.grid(partsTexture, 1, 1);
    this.shadow = planner.grid(partsTexture, SCLERA_COLUMNS, SHADOW_ROWS.length - 1);
  }

  write(motion: Float32Array, { places }: Deformer, writer: VertexWriter): void {
    const down = clamp(motion[this.down]!, 0, 1);
    const outward = clamp(motion[this.out]!, 0, 1) - clamp(motion[this.in]!, 0, 1);
    this.yaw = YAW_GAIN * this.sideSign * outward * GAZE_YAW_LIMIT_DEG * DEG;
    const shut = clamp(motion[this.blink]!, 0, 1);
    const up = clamp(motion[this.up]!, 0, 1) * (1 - shut);
    this.pitch = (UP_GAIN * up - DOWN_GAIN * down - BLINK_DOWN * shut) * GAZE_PITCH_LIMIT_DEG * DEG;
    this.writeSclera(writer);
    this.writeDisc(this.iris, this.eye.iris, 1, writer);
    this.writeDisc(this.catchLight, this.eye.catchLight, REFLEX_TRAVEL, writer);
    this.writeShadow(motion, places, writer);
  }

  private writeSclera(writer: VertexWriter): void {
    const { eye, head } = this;
    const { scleraOriginPx: origin } = eye;
    for (let row = 0, vertex = this.sclera.first; row <= SCLERA_ROWS; row++) {
      for (let column = 0; column <= SCLERA_COLUMNS; column++, vertex++) {
        const u = column / SCLERA_COLUMNS;
        const v = row / SCLERA_ROWS;
        this.placeOnGlobe(origin[0] + u * eye.sclera.width, origin[1] + v * eye.sclera.height);
        const edge = 1 - 0.16 * smoothstep(0.45, 1, Math.abs(2 * u - 1));
        writer.putPart(vertex, head.x, head.y, eye.sclera, u, v, edge, 1);
      }
    }
  }

  /** The upper lid shades the globe; the portrait's own shadow is in the sclera already, so only its travel adds to it. */
  private writeShadow(motion: Float32Array, places: Float32Array, writer: VertexWriter): void {
    const { eye, facts } = this;
    const scale = facts.pose.scalePxPerCm;
    const shut = clamp(motion[this.blink]!, 0, 1);
    const lowered = Math.max(smoothstep(0, 0.55, shut), 0.6 * clamp(motion[this.down]!, 0, 1));
    const strength = mix(0.26, 0.68, lowered);
    for (let row = 0, vertex = this.shadow.first; row < SHADOW_ROWS.length; row++) {
      const [depthCm, share] = SHADOW_ROWS[row]!;
      for (let column = 0; column <= SCLERA_COLUMNS; column++, vertex++) {
        const lid = eye.upperLid[column]! * 2;
        const y = places[lid + 1]! + depthCm * scale;
        writer.putPart(vertex, places[lid]!, y, facts.black, 0.5, 0.5, 1, share * strength);
      }
    }
  }

  /** @param travel - share of the eyeball's turn that this disc makes. */
  private writeDisc({ first, columns, rows }: VertexGrid, part: PartRect, travel: number, writer: VertexWriter): void {
    const { eye, head, pitch, turnPx, yaw } = this;
    const reach = eye.iris.width / 2;
    const middleX = eye.irisPx[0] + travel * turnPx * Math.sin(yaw) * Math.cos(pitch);
    const middleY = eye.irisPx[1] - travel * turnPx * Math.sin(pitch);
    const reachX = reach * Math.cos(yaw * travel);
    const reachY = reach * Math.cos(pitch * travel);
    for (let row = 0, vertex = first; row <= rows; row++) {
      for (let column = 0; column <= columns; column++, vertex++) {
        const u = column / columns;
        const v = row / rows;
        this.placeOnGlobe(middleX + (2 * u - 1) * reachX, middleY + (2 * v - 1) * reachY);
        writer.putPart(vertex, head.x, head.y, part, u, v, 1, 1);
      }
    }
  }

  /** The globe curves back towards the corners, so that it turns with the lids around it. */
  private placeOnGlobe(x: number, y: number): void {
    const { curvePx, eye } = this;
    const dx = x - eye.irisPx[0];
    const dy = y - eye.irisPx[1];
    const off = Math.min(curvePx * 0.95, Math.sqrt(dx * dx + dy * dy));
    const z = eye.depthPx - (curvePx - Math.sqrt(curvePx * curvePx - off * off)) * 0.6;
    this.head.place(x, -y, z);
  }
}
