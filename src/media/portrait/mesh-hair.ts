import { mix, smoothstep } from '../../base/ramp.ts';
import type { HeadPose } from './pose.ts';

/** One place of the grid that the body and the hair are cut from. */
export interface GridPlace {
  /** Picture coordinates, and those of the texel to show there. */
  readonly x: number;
  readonly y: number;
  readonly texelX: number;
  readonly texelY: number;
  readonly alpha: number;
  /** From the outline of the face, cm; negative inside. */
  readonly distanceCm: number;
  /** Of the outline, and of the body at this place: head axes, cm. */
  readonly outlineDepthCm: number;
  readonly bodyDepthCm: number;
  /** Below the chin, cm, and in head axes. */
  readonly belowCm: number;
  readonly heightCm: number;
  readonly freedom: number;
}

/** The growing lists of `buildMesh`. */
export interface HairInput {
  readonly columns: number;
  readonly placeAt: (row: number, column: number) => GridPlace;
  /** `[468, 3]` cm, head axes; the same points in the picture: `[468, 3]` camera space. */
  readonly face: Float32Array;
  readonly restPx: Float32Array;
  readonly pose: HeadPose;
  /** How much of a pixel is hair, 0..1; edges repeated. */
  readonly hair: (x: number, y: number) => number;
  readonly cameraDepth: (x: number, y: number, headZ: number) => number;
  readonly positions: number[];
  readonly texels: number[];
  readonly alphas: number[];
  readonly headWeights: number[];
  readonly freedoms: number[];
  readonly leaders: number[];
  readonly followings: number[];
}

/** Hair stands this far off the face and the skull. */
const LIFT_CM = 0.45;
const LIFT_FALLOFF_CM = 2.4;
const CELL_SAMPLES = 5;
/** Below the lobes of the ears (head axes, cm) hair hangs behind the jaw: none is found on the face there. */
export const HAIR_BEHIND_CM = -1.5;
/** The two overlap by this: one fades out only where the other is whole, or a turn would show a step between them. */
const OVERLAP_CM = 2.4;

/** Triangles of the hair that lies over the face, and of what hangs behind it. */
export interface HairTriangles {
  readonly over: number[];
  readonly behind: number[];
}

/** Adds the hair's vertices, a grid of its own over the head. */
export function buildHair(input: HairInput): HairTriangles {
  const { columns, placeAt } = input;
  const known = new Map<number, number>();
  const hair: HairTriangles = { over: [], behind: [] };
  const vertexAt = (row: number, column: number, behind: boolean): number => {
    const key = (row * columns + column) * 2 + (behind ? 1 : 0);
    const old = known.get(key);
    if (old !== undefined) return old;
    const vertex = addVertex(input, placeAt(row, column), behind);
    known.set(key, vertex);
    return vertex;
  };
  for (let row = 0; row + 1 < columns; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const [from, to] = [placeAt(row, column), placeAt(row + 1, column + 1)];
      if (!hasHair(input, from, to)) continue;
      const heightCm = (from.heightCm + to.heightCm) / 2;
      for (const behind of [true, false]) {
        if (behind ? heightCm > HAIR_BEHIND_CM + OVERLAP_CM : heightCm < HAIR_BEHIND_CM) continue;
        const [a, b] = [vertexAt(row, column, behind), vertexAt(row, column + 1, behind)];
        const [c, d] = [vertexAt(row + 1, column, behind), vertexAt(row + 1, column + 1, behind)];
        const corners = (row + column) % 2 === 0 ? [a, b, c, b, d, c] : [a, b, d, a, d, c];
        (behind ? hair.behind : hair.over).push(...corners);
      }
    }
  }
  return hair;
}

function addVertex(input: HairInput, place: GridPlace, behind: boolean): number {
  const { positions, texels, alphas, headWeights, freedoms, leaders, followings } = input;
  const { x, y } = place;
  const vertex = positions.length / 3;
  positions.push(x, -y, input.cameraDepth(x, y, depthAt(input, place)));
  texels.push(place.texelX, place.texelY);
  const above = (place.heightCm - HAIR_BEHIND_CM) / OVERLAP_CM;
  alphas.push(place.alpha * (behind ? smoothstep(1, 0.5, above) : smoothstep(0, 0.5, above)));
  // Long hair goes on with the head where neck and shoulders no longer do.
  headWeights.push(1 - smoothstep(-2, 11, place.belowCm));
  freedoms.push(place.freedom);
  leaders.push(10);
  // No smile moves the hair.
  followings.push(0);
  return vertex;
}

/** Over the face it lies on the skin, elsewhere on the head, a little off both. */
function depthAt(
  { face, pose, restPx }: HairInput,
  { x, y, distanceCm, outlineDepthCm, bodyDepthCm }: GridPlace,
): number {
  const lift = LIFT_CM * Math.exp(-((Math.max(0, distanceCm) / LIFT_FALLOFF_CM) ** 2));
  if (distanceCm >= 0) return mix(outlineDepthCm, bodyDepthCm, smoothstep(0, 0.8, distanceCm)) + lift;
  let weights = 0;
  let depth = 0;
  for (let point = 0; point < face.length / 3; point++) {
    const dx = (restPx[point * 3]! - x) / pose.pxPerCm;
    const dy = (-restPx[point * 3 + 1]! - y) / pose.pxPerCm;
    const weight = 1 / (0.05 + dx * dx + dy * dy) ** 2;
    weights += weight;
    depth += weight * face[point * 3 + 2]!;
  }
  return mix(outlineDepthCm, depth / weights, smoothstep(0, -0.8, distanceCm)) + lift;
}

function hasHair({ hair }: HairInput, from: GridPlace, to: GridPlace): boolean {
  for (let row = 0; row < CELL_SAMPLES; row++) {
    for (let column = 0; column < CELL_SAMPLES; column++) {
      const x = mix(from.x, to.x, column / (CELL_SAMPLES - 1));
      const y = mix(from.y, to.y, row / (CELL_SAMPLES - 1));
      if (hair(x, y) > 0.02) return true;
    }
  }
  return false;
}
