import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts, EyeFacts } from '../appearance.ts';
import { GAZE_PITCH_LIMIT_DEG, GAZE_YAW_LIMIT_DEG, MOTION_INDEX } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { HeadMotion } from './head-motion.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

const DEG = Math.PI / 180;
/** Radius of the eyeball over that of the iris (12 mm and 5.85 mm in adults). */
const BALL_OVER_IRIS = 2.05;
/** A reflex on the cornea travels about half as far as the pupil under it. */
const REFLEX_TRAVEL = 0.45;
const SHADOW_DEPTH_CM = 0.22;
/** Lids hide the iris's edges, so it must move further up and down to be seen to (bench/closed-loop.ts). */
const UP_GAIN = 1.4;
const DOWN_GAIN = 1.6;
const YAW_GAIN = 1.1;

/** One eyeball behind its lids. */
export class EyeLayer {
  private readonly eye: EyeFacts;
  private readonly facts: AppearanceFacts;
  private readonly side: 'Left' | 'Right';
  private readonly sclera: VertexGrid;
  private readonly iris: VertexGrid;
  private readonly catchLight: VertexGrid;
  private readonly shadow: VertexGrid;

  constructor(facts: AppearanceFacts, side: 'Left' | 'Right', planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.side = side;
    this.eye = side === 'Left' ? facts.eyes.left : facts.eyes.right;
    this.sclera = planner.grid(partsTexture, 8, 2);
    this.iris = planner.grid(partsTexture, 2, 2);
    this.catchLight = planner.grid(partsTexture, 1, 1);
    this.shadow = planner.grid(partsTexture, 8, 1);
  }

  write(motion: Float32Array, head: HeadMotion, deformer: Deformer, writer: VertexWriter): void {
    const { eye, facts } = this;
    const { irisRadiusPx: radius, depthPx } = eye;
    const look = (direction: 'In' | 'Out' | 'Up' | 'Down'): number =>
      clamp(motion[MOTION_INDEX[`eyeLook${direction}${this.side}`]]!, 0, 1);
    const outward = (look('Out') - look('In')) * GAZE_YAW_LIMIT_DEG * DEG;
    const yaw = YAW_GAIN * (this.side === 'Left' ? outward : -outward);
    const pitch = (UP_GAIN * look('Up') - DOWN_GAIN * look('Down')) * GAZE_PITCH_LIMIT_DEG * DEG;

    // The globe curves back towards the corners, so that it turns with the lids around it.
    const ball = radius * BALL_OVER_IRIS;
    const at = (x: number, y: number): void => {
      const off = Math.min(ball * 0.95, Math.hypot(x - eye.irisPx[0], y - eye.irisPx[1]));
      const z = depthPx - (ball - Math.sqrt(ball * ball - off * off)) * 0.6;
      head.place(x, -y, z, 1, 1);
    };
    const [left, top] = eye.scleraOriginPx;
    this.each(this.sclera, (vertex, u, v) => {
      at(left + u * eye.sclera.width, top + v * eye.sclera.height);
      const edge = 1 - 0.16 * smoothstep(0.45, 1, Math.abs(2 * u - 1));
      writer.putPart(vertex, head.x, head.y, eye.sclera, u, v, edge, 1);
    });
    const shiftX = ball * Math.sin(yaw) * Math.cos(pitch);
    const shiftY = -ball * Math.sin(pitch);
    const reach = eye.iris.width / 2;
    const placeDisc = (u: number, v: number, travel: number): void => {
      const dx = (2 * u - 1) * reach * Math.cos(yaw * travel);
      const dy = (2 * v - 1) * reach * Math.cos(pitch * travel);
      at(eye.irisPx[0] + travel * shiftX + dx, eye.irisPx[1] + travel * shiftY + dy);
    };
    this.each(this.iris, (vertex, u, v) => {
      placeDisc(u, v, 1);
      writer.putPart(vertex, head.x, head.y, eye.iris, u, v, 1, 1);
    });
    this.each(this.catchLight, (vertex, u, v) => {
      placeDisc(u, v, REFLEX_TRAVEL);
      writer.putPart(vertex, head.x, head.y, eye.catchLight, u, v, 1, 1);
    });

    // The upper lid shades the globe; the portrait's own shadow is in the sclera already, so only its travel adds to it.
    const { places } = deformer;
    const depth = SHADOW_DEPTH_CM * facts.pose.scalePxPerCm;
    const shut = clamp(motion[MOTION_INDEX[`eyeBlink${this.side}`]]!, 0, 1);
    const strength = mix(0.22, 0.5, Math.max(shut, look('Down') * 0.6));
    this.each(this.shadow, (vertex, u, v) => {
      const lid = eye.upperLid[Math.round(u * 8)]! * 2;
      writer.putPart(vertex, places[lid]!, places[lid + 1]! + v * depth, facts.black, 0.5, 0.5, 1, (1 - v) * strength);
    });
  }

  private each({ first, columns, rows }: VertexGrid, write: (vertex: number, u: number, v: number) => void): void {
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        write(first + row * (columns + 1) + column, column / columns, row / rows);
      }
    }
  }
}
