import { headPointAt, type HeadPose } from './pose.ts';
import { FACE_OVAL, LEFT_EYE_LOWER, LIP_INNER_LOWER, RIGHT_EYE_LOWER } from './landmark-groups.ts';
import { freedomAt, pictureEdges, texelAt } from './mesh-edges.ts';
import { buildFlap } from './mesh-flap.ts';
import { mix, smoothstep } from '../../base/ramp.ts';
import { buildHair, type GridPlace } from './mesh-hair.ts';
import type { ThroatHold } from './throat.ts';
import { splitLids } from './mesh-lids.ts';

/** Vertices and triangles of a person: face, body, hair, as `AppearanceArrays` lays them out. */
export interface PersonMesh {
  readonly faceVertexCount: number;
  /** Face and body; the rest is hair. */
  readonly hairVertexStart: number;
  readonly vertexCount: number;
  readonly positions: Float32Array;
  readonly texels: Float32Array;
  readonly alphas: Float32Array;
  readonly headWeights: Float32Array;
  readonly freedoms: Float32Array;
  readonly faceTriangles: Uint16Array;
  readonly bodyTriangles: Uint16Array;
  readonly hairTriangles: Uint16Array;
  readonly backHairTriangles: Uint16Array;
  /** `[vertexCount]`: the face point whose displacement a vertex takes, and how much of it. */
  readonly leaders: Uint16Array;
  readonly followings: Float32Array;
}

/** Face texture reaches this far past the oval and fades out there, so that the seam lies on equal pixels. */
export const FEATHER_CM = 0.4;
/** Cells of the body grid along the picture, and cells of extended picture beyond its edges. */
const GRID_CELLS = 30;
const MARGIN_CELLS = 3;

/** Depths in head axes, cm: hair and ears at the silhouette, the front of the neck, and what lies far behind the chin. */
const SILHOUETTE_DEPTH_CM = -3.2;
const NECK_DEPTH_CM = -1.2;
const DEPTH_FALLOFF_CM = 3;
/** The neck is about a cylinder of this radius. */
const NECK_RADIUS_CM = 6;
/** Shapes fade with the distance from the face (measured on the prototype). */
const SHAPE_FALLOFF_CM = 2.6;
/** The throat's skin takes this much of what the jaw's edge does. */
const JAW_SHARE = 0.8;
/** So far outside the jaw's outline is its throat looked for, at the least. */
const THROAT_CM = 0.6;

interface OvalSpot {
  /** Negative inside the face. */
  readonly distanceCm: number;
  readonly point: number;
  readonly height: number;
  readonly depth: number;
  /** Of the outline in the picture. */
  readonly x: number;
  readonly y: number;
}

/**
 * @param restPx - `[468, 3]` camera space, lips closed; @param landmarks - `[478, 3]` as the portrait shows them;
 * @param face - `[468, 3]` cm in head axes, lips closed; @param triangles - open at mouth and eyes;
 * @param presence - how much of a pixel is the person, 0..1, edges repeated;
 * @param throat - how much of the body goes along with the jaw;
 * @param hair - as `presence`, of the hair; null without a layer of it;
 * @param bareness - for each point of the outline: 0 where hair or cloth lies against it .. 1 where nothing does.
 */
export function buildMesh(
  restPx: Float32Array,
  landmarks: Float32Array,
  face: Float32Array,
  triangles: Uint16Array,
  pose: HeadPose,
  sizePx: number,
  bareness: readonly number[],
  presence: (x: number, y: number) => number,
  throat: ThroatHold,
  hair: ((x: number, y: number) => number) | null = null,
): PersonMesh {
  const facePoints = face.length / 3;
  const positions: number[] = Array.from(restPx);
  const texels: number[] = [];
  for (let point = 0; point < facePoints; point++) texels.push(landmarks[point * 3]!, landmarks[point * 3 + 1]!);
  const alphas: number[] = new Array<number>(facePoints).fill(1);
  const headWeights: number[] = new Array<number>(facePoints).fill(1);
  const freedoms: number[] = new Array<number>(facePoints).fill(1);
  const leaders: number[] = Array.from({ length: facePoints }, (_, point) => point);
  const followings: number[] = new Array<number>(facePoints).fill(1);
  const lids = splitLids(triangles, facePoints);
  const faceTriangles: number[] = Array.from(lids.triangles);
  for (const { lid, other, share } of lids.added) {
    for (let axis = 0; axis < 3; axis++) positions.push(mix(restPx[lid * 3 + axis]!, restPx[other * 3 + axis]!, share));
    for (let axis = 0; axis < 2; axis++)
      texels.push(mix(landmarks[lid * 3 + axis]!, landmarks[other * 3 + axis]!, share));
    alphas.push(1);
    headWeights.push(1);
    freedoms.push(1);
    leaders.push(lid);
    followings.push(0.97);
  }

  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const feather = ringAround(oval, FEATHER_CM * pose.pxPerCm);
  const ringStart = positions.length / 3;
  feather.forEach(([x, y], index) => {
    const leader = FACE_OVAL[index]!;
    const [ovalX, ovalY] = oval[index]!;
    positions.push(restPx[leader * 3]! + x - ovalX, restPx[leader * 3 + 1]! - (y - ovalY), restPx[leader * 3 + 2]!);
    texels.push(x, y);
    alphas.push(0);
    headWeights.push(1);
    freedoms.push(1);
    leaders.push(leader);
    followings.push(1);
    const next = (index + 1) % FACE_OVAL.length;
    faceTriangles.push(leader, FACE_OVAL[next]!, ringStart + index);
    faceTriangles.push(FACE_OVAL[next]!, ringStart + next, ringStart + index);
  });
  const flapTriangles = buildFlap({ oval, restPx, face, pose, positions, texels, alphas, leaders, bareness });
  const faceVertexCount = positions.length / 3;
  for (let vertex = headWeights.length; vertex < faceVertexCount; vertex++) {
    headWeights.push(1);
    freedoms.push(1);
    followings.push(1);
  }

  const edges = pictureEdges(sizePx, oval, pose.pxPerCm, presence);
  const chinHeight = face[152 * 3 + 1]!;
  const cell = sizePx / GRID_CELLS;
  const columns = GRID_CELLS + 2 * MARGIN_CELLS + 1;
  const used: (number | undefined)[] = [];
  const spots: OvalSpot[] = [];
  for (let row = 0; row < columns; row++) {
    for (let column = 0; column < columns; column++) {
      const x = (column - MARGIN_CELLS) * cell;
      const y = (row - MARGIN_CELLS) * cell;
      spots.push(nearestOnOval(x, y, oval, face, pose.pxPerCm));
      used.push(undefined);
    }
  }
  const holds = spots.map((spot, at) =>
    holdAt(
      spot,
      ((at % columns) - MARGIN_CELLS) * cell,
      (Math.floor(at / columns) - MARGIN_CELLS) * cell,
      throat,
      pose,
    ),
  );
  const depths = gridDepths(spots, holds, columns, cell, pose);
  const vertexAt = (row: number, column: number): number => {
    const at = row * columns + column;
    const known = used[at];
    if (known !== undefined) return known;
    const x = (column - MARGIN_CELLS) * cell;
    const y = (row - MARGIN_CELLS) * cell;
    const spot = spots[at]!;
    const depth = depths[at]!;
    const head = headPointAt(x, y, depth, pose);
    const index = positions.length / 3;
    positions.push(x, -y, cameraDepth(head, pose));
    const { alpha, texelX, texelY } = texelAt(x, y, edges);
    texels.push(texelX, texelY);
    alphas.push(alpha);
    const hold = holds[at]!;
    const headWeight = mix(1 - smoothstep(-4, 8, chinHeight - head[1]), 1, hold);
    headWeights.push(headWeight);
    freedoms.push(freedomAt(x, y, headWeight, edges));
    leaders.push(spot.point);
    const cut = cutAt(spot.height);
    const fade = Math.exp(-((Math.max(0, spot.distanceCm) / SHAPE_FALLOFF_CM) ** 2));
    followings.push(mix(fade * (1 - cut) + 0.1 * cut * fade, 1, JAW_SHARE * hold));
    used[at] = index;
    return index;
  };
  const bodyTriangles: number[] = [];
  for (let row = 0; row + 1 < columns; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const corners = [row * columns + column, row * columns + column + 1, (row + 1) * columns + column];
      if ([...corners, corners[2]! + 1].every((corner) => hidden(spots[corner]!))) continue;
      const a = vertexAt(row, column);
      const b = vertexAt(row, column + 1);
      const c = vertexAt(row + 1, column);
      const d = vertexAt(row + 1, column + 1);
      // Diagonals alternate, so that bending has no preferred direction.
      if ((row + column) % 2 === 0) bodyTriangles.push(a, b, c, b, d, c);
      else bodyTriangles.push(a, b, d, a, d, c);
    }
  }
  const hairVertexStart = positions.length / 3;
  const placeAt = (row: number, column: number): GridPlace => {
    const at = row * columns + column;
    const x = (column - MARGIN_CELLS) * cell;
    const y = (row - MARGIN_CELLS) * cell;
    const heightCm = headPointAt(x, y, depths[at]!, pose)[1];
    const belowCm = chinHeight - heightCm;
    return {
      x,
      y,
      ...texelAt(x, y, edges),
      distanceCm: spots[at]!.distanceCm,
      outlineDepthCm: spots[at]!.depth,
      bodyDepthCm: depths[at]!,
      belowCm,
      heightCm,
      freedom: freedomAt(x, y, 1 - smoothstep(-4, 8, belowCm), edges),
    };
  };
  const grown = { positions, texels, alphas, headWeights, freedoms, leaders, followings };
  const depthOf = (x: number, y: number, headZ: number): number => cameraDepth(headPointAt(x, y, headZ, pose), pose);
  const hairTriangles =
    hair === null
      ? { over: [], behind: [] }
      : buildHair({ ...grown, columns, placeAt, face, restPx, pose, hair, cameraDepth: depthOf });
  return {
    faceVertexCount,
    hairVertexStart,
    vertexCount: positions.length / 3,
    positions: Float32Array.from(positions),
    texels: Float32Array.from(texels),
    alphas: Float32Array.from(alphas),
    headWeights: Float32Array.from(headWeights),
    freedoms: Float32Array.from(freedoms),
    faceTriangles: Uint16Array.from([...flapTriangles, ...backToFront(faceTriangles, positions)]),
    bodyTriangles: Uint16Array.from(bodyTriangles),
    hairTriangles: Uint16Array.from(hairTriangles.over),
    backHairTriangles: Uint16Array.from(hairTriangles.behind),
    leaders: Uint16Array.from(leaders),
    followings: Float32Array.from(followings),
  };
}

/** @returns 0 where face and head are one surface (temples, cheeks) .. 1 where the jaw hangs free over the neck. */
function cutAt(heightCm: number): number {
  return smoothstep(-2, -5.5, heightCm);
}

/** @returns the outline moved outward along its normals. */
export function ringAround(outline: readonly (readonly [number, number])[], distance: number): [number, number][] {
  return outline.map(([x, y], index) => {
    const [px, py] = outline[(index + outline.length - 1) % outline.length]!;
    const [nx, ny] = outline[(index + 1) % outline.length]!;
    const length = Math.hypot(nx - px, ny - py) || 1;
    // The outline runs clockwise in a picture with y down, so its left normal points outward.
    return [x + ((ny - py) / length) * distance, y - ((nx - px) / length) * distance];
  });
}

function nearestOnOval(
  x: number,
  y: number,
  oval: readonly (readonly [number, number])[],
  face: Float32Array,
  pxPerCm: number,
): OvalSpot {
  let best = Infinity;
  let spot = { point: 10, height: 0, depth: 0, x, y };
  let crossings = 0;
  oval.forEach(([ax, ay], index) => {
    const next = (index + 1) % oval.length;
    const [bx, by] = oval[next]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) crossings++;
    const t = Math.max(
      0,
      Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)),
    );
    const distance = Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
    if (distance >= best) return;
    best = distance;
    const [a, b] = [FACE_OVAL[index]!, FACE_OVAL[next]!];
    const between = (axis: number): number => mix(face[a * 3 + axis]!, face[b * 3 + axis]!, t);
    spot = { point: t < 0.5 ? a : b, height: between(1), depth: between(2), x: mix(ax, bx, t), y: mix(ay, by, t) };
  });
  return { ...spot, distanceCm: (crossings % 2 === 1 ? -best : best) / pxPerCm };
}

/** Whether the face covers this spot of the body at every pose. */
function hidden(spot: OvalSpot): boolean {
  const reach = 1.4 + 3.4 * cutAt(spot.height);
  return spot.distanceCm < -reach;
}

/** Inside the outline the skin goes on that lies just outside of it. */
function holdAt(spot: OvalSpot, x: number, y: number, throat: ThroatHold, pose: HeadPose): number {
  const { distanceCm } = spot;
  if (distanceCm > 8) return 0;
  if (distanceCm >= THROAT_CM) return cutAt(spot.height) * throat(x, y, distanceCm);
  const length = Math.hypot(spot.x - x, spot.y - y) || 1;
  const outward = (Math.sign(-distanceCm || 1) * THROAT_CM * pose.pxPerCm) / length;
  return cutAt(spot.height) * throat(spot.x + (spot.x - x) * outward, spot.y + (spot.y - y) * outward, distanceCm);
}

function gridDepths(
  spots: readonly OvalSpot[],
  holds: readonly number[],
  columns: number,
  cell: number,
  pose: HeadPose,
): Float64Array {
  const fixed = new Uint8Array(spots.length);
  const depths = Float64Array.from(spots, (spot, at) => {
    const x = ((at % columns) - MARGIN_CELLS) * cell;
    const y = (Math.floor(at / columns) - MARGIN_CELLS) * cell;
    const cut = cutAt(spot.height);
    const [headX, headY] = headPointAt(x, y, 0, pose);
    const low = smoothstep(-3, -9, headY);
    const target = SILHOUETTE_DEPTH_CM * (1 - low) + NECK_DEPTH_CM * low;
    const outward = 1 - Math.exp(-Math.max(0, spot.distanceCm) / (DEPTH_FALLOFF_CM * (1 - low) + 1.1 * low));
    // Under the face the body keeps the depth of the face's edge, so that both move as one where they meet.
    const joined = spot.depth + (target - spot.depth) * outward;
    const neck = NECK_DEPTH_CM - NECK_RADIUS_CM + Math.sqrt(Math.max(4, NECK_RADIUS_CM ** 2 - 0.7 * headX * headX));
    if (spot.distanceCm < 0.3 && (cut < 0.1 || holds[at]! > 0.5)) fixed[at] = 1;
    const free = joined + (neck - joined) * cut * Math.exp(-Math.max(0, spot.distanceCm) / 6);
    return mix(free, spot.depth, holds[at]!);
  });
  // Smooth what does not touch the face, so that the grid bends without folds.
  for (let pass = 0; pass < 8; pass++) {
    const before = depths.slice();
    for (let at = columns; at < depths.length - columns; at++) {
      const column = at % columns;
      if (fixed[at] === 1 || column === 0 || column === columns - 1) continue;
      const around = before[at - 1]! + before[at + 1]! + before[at - columns]! + before[at + columns]!;
      depths[at] = 0.5 * before[at]! + 0.125 * around;
    }
  }
  return depths;
}

function cameraDepth(head: readonly [number, number, number], pose: HeadPose): number {
  const { rotation: r, pxPerCm, originPx } = pose;
  return originPx[2] + pxPerCm * (r[6]! * head[0] + r[7]! * head[1] + r[8]! * head[2]);
}

function backToFront(triangles: readonly number[], positions: readonly number[]): number[] {
  // Where lips and lids meet and overlap by a hair, the upper one lies in front all along the seam.
  const behind = new Set<number>([...LIP_INNER_LOWER, ...RIGHT_EYE_LOWER, ...LEFT_EYE_LOWER]);
  const depth = (at: number): number => {
    let sum = 0;
    for (let corner = 0; corner < 3; corner++) {
      const vertex = triangles[at + corner]!;
      sum += positions[vertex * 3 + 2]! - (behind.has(vertex) ? 1e4 : 0);
    }
    return sum;
  };
  const starts = Array.from({ length: triangles.length / 3 }, (_, triangle) => triangle * 3);
  starts.sort((a, b) => depth(a) - depth(b));
  return starts.flatMap((at) => [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!]);
}
