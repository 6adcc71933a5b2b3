import { clamp, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import type { Deformer } from './deformer.ts';
import type { ScenePlanner, VertexGrid } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

const COLUMNS = 6;
const ROWS = 3;
/** How far a tongue comes over the lower lip, and half its breadth; never broader than this share of the mouth. */
const REACH_CM = 1.15;
const HALF_WIDTH_CM = 1.4;
const MOUTH_SHARE = 0.36;
/** Of the sprite, whose tip is rounded: from where it is broadest. */
const SPRITE_TOP = 0.45;

/** The tongue where it lies on the lower lip: over the face, as the rest of the mouth is under it. */
export class TongueLayer {
  private readonly facts: AppearanceFacts;
  private readonly grid: VertexGrid;

  constructor(facts: AppearanceFacts, planner: ScenePlanner, partsTexture: number) {
    this.facts = facts;
    this.grid = planner.grid(partsTexture, COLUMNS, ROWS);
  }

  write(motion: Float32Array, { places }: Pick<Deformer, 'places'>, writer: VertexWriter): void {
    const { lowerInner, tongue, upperInner } = this.facts.mouth;
    const scale = this.facts.pose.scalePxPerCm;
    const out = smoothstep(0.3, 1, clamp(motion[MOTION_INDEX.tongueOut]!, 0, 1));
    const right = upperInner[0]! * 2;
    const left = upperInner[upperInner.length - 1]! * 2;
    const width = Math.sqrt((places[left]! - places[right]!) ** 2 + (places[left + 1]! - places[right + 1]!) ** 2) || 1;
    const alongX = (places[left]! - places[right]!) / width;
    const alongY = (places[left + 1]! - places[right + 1]!) / width;
    const middle = upperInner[upperInner.length >> 1]! * 2;
    const lower = lowerInner[lowerInner.length >> 1]! * 2;
    const gap = Math.max(0, (places[lower + 1]! - places[middle + 1]!) * alongX);
    const half = Math.min(HALF_WIDTH_CM * scale, MOUTH_SHARE * width);
    const start = 0.35 * gap;
    const length = gap - start + out * REACH_CM * scale;
    for (let row = 0, vertex = this.grid.first; row <= ROWS; row++) {
      const v = row / ROWS;
      for (let column = 0; column <= COLUMNS; column++, vertex++) {
        const across = (2 * column) / COLUMNS - 1;
        const aside = across * half;
        const down = start + v * length * (1 - 0.1 * across * across);
        const x = places[middle]! + alongX * aside - alongY * down;
        const y = places[middle + 1]! + alongY * aside + alongX * down;
        const shade = (1 + 0.45 * v) * (1 - 0.18 * across * across);
        const alpha = smoothstep(0, 0.15, out) * (row === 0 ? 0 : 1);
        writer.putPart(vertex, x, y, tongue, column / COLUMNS, SPRITE_TOP + (1 - SPRITE_TOP) * v, shade, alpha);
      }
    }
  }
}
