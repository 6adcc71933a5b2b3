import { clamp } from '../../base/ramp.ts';
import type { Appearance, PartRect, SmoothCheek } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';
import { keepTriangles } from './opacity.ts';
import type { ScenePlanner, Texture } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** At rest half of a portrait's smile is let go, and with it this share of its folds. */
const AT_REST = 0.42;
/** How fast folds come back as a smile is asked for, and what rounded lips smooth beyond the smile that they let go. */
const SMILED = 1.2;
const ROUNDED = 0.7;
const LEAST_OWN = 0.2;
/** Fainter than this it is not seen, and its triangles are drawn as nothing. */
const LEAST_ALPHA = 0.01;

interface Side {
  readonly sprite: PartRect;
  readonly smile: number;
  /** Mesh vertices, and where each is in the sprite, 0..1. */
  readonly points: Uint16Array;
  readonly across: Float32Array;
  readonly down: Float32Array;
  readonly first: number;
}

/** Smooth skin over the folds of a portrait's own smile, which go as it is let go, and over the corners of a mouth that is rounded. */
export class SmoothCheekLayer {
  private readonly sides: readonly Side[];
  private readonly strength: number;
  private readonly ownSmile: number;

  /** @param parts - the sprites as loaded; @param partsScale - their texels per pixel of the enrolled ones. */
  constructor(
    { arrays, facts }: Appearance,
    planner: ScenePlanner,
    partsTexture: number,
    parts: Texture,
    partsScale: readonly [x: number, y: number],
  ) {
    const { smooth } = facts;
    this.strength = smooth?.strength ?? 0;
    this.ownSmile = Math.max(LEAST_OWN, facts.own.smile);
    const side = ({ originPx, sprite }: SmoothCheek, smile: number): Side => {
      const u = (vertex: number): number => (arrays.vertexTexels[vertex * 2]! - originPx[0]) / sprite.width;
      const v = (vertex: number): number => (arrays.vertexTexels[vertex * 2 + 1]! - originPx[1]) / sprite.height;
      const inside: number[] = [];
      for (let at = 0; at < arrays.faceTriangles.length; at += 3) {
        const corners = [...arrays.faceTriangles.subarray(at, at + 3)];
        const lies = (vertex: number): boolean =>
          vertex < facts.faceVertexCount && u(vertex) >= 0 && u(vertex) <= 1 && v(vertex) >= 0 && v(vertex) <= 1;
        if (corners.every(lies)) inside.push(...corners);
      }
      const texels = new Float32Array(2 * facts.faceVertexCount);
      for (const vertex of inside) {
        texels[vertex * 2] = (sprite.x + u(vertex) * sprite.width) * partsScale[0];
        texels[vertex * 2 + 1] = (sprite.y + v(vertex) * sprite.height) * partsScale[1];
      }
      const { triangles } = keepTriangles(Uint16Array.from(inside), texels, arrays.vertexAlphas, parts);
      const used = [...new Set(triangles)];
      const points = Uint16Array.from(used);
      const first = planner.vertices(points.length);
      planner.batch(
        partsTexture,
        triangles.map((vertex) => first + used.indexOf(vertex)),
      );
      return { sprite, smile, points, across: Float32Array.from(points, u), down: Float32Array.from(points, v), first };
    };
    this.sides =
      smooth === undefined
        ? []
        : [side(smooth.right, MOTION_INDEX.mouthSmileRight), side(smooth.left, MOTION_INDEX.mouthSmileLeft)];
  }

  /** @param weights - of all shapes, as they are summed; @param places - `[v, 2]`; @param shades - `[v]` of the mesh. */
  write(weights: Float32Array, places: Float32Array, shades: Float32Array, writer: VertexWriter): void {
    const round = clamp(weights[MOTION_INDEX.mouthFunnel]! + weights[MOTION_INDEX.mouthPucker]!, 0, 1);
    for (let index = 0; index < this.sides.length; index++) {
      const { across, down, first, points, smile, sprite } = this.sides[index]!;
      const weight = weights[smile]!;
      const gone = weight < 0 ? ((1 - AT_REST) * -weight) / this.ownSmile : -SMILED * weight;
      const alpha = clamp(this.strength * Math.max(0, AT_REST + gone) + ROUNDED * round, 0, 1);
      for (let at = 0; at < points.length; at++) {
        const point = points[at]!;
        const x = alpha < LEAST_ALPHA ? 0 : places[point * 2]!;
        const y = alpha < LEAST_ALPHA ? 0 : places[point * 2 + 1]!;
        writer.putPart(first + at, x, y, sprite, across[at]!, down[at]!, shades[point]!, alpha);
      }
    }
  }
}
