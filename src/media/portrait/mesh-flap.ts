import { mix, smoothstep } from '../../base/ramp.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import type { HeadPose } from './pose.ts';

/** The growing lists of `buildMesh`. */
export interface FlapInput {
  /** The outline of the face in the picture. */
  readonly oval: readonly (readonly [number, number])[];
  readonly restPx: Float32Array;
  readonly face: Float32Array;
  readonly pose: HeadPose;
  readonly positions: number[];
  readonly texels: number[];
  readonly alphas: number[];
  readonly leaders: number[];
  /** For each point of the outline: 0 where hair or cloth lies against it .. 1 where nothing does. */
  readonly bareness: readonly number[];
}

/**
 * The side of the jaw that a portrait from the front hides: rings that go back behind the outline. Each says how far in
 * from the outline it lies in the picture, how far in its texels are (a mirror of the cheek), and how far back.
 */
const RINGS = [
  { insetCm: 0.45, texelCm: 0.45, backCm: 0, alpha: 1 },
  { insetCm: 0.42, texelCm: 0.52, backCm: 0.6, alpha: 1 },
  { insetCm: 0.5, texelCm: 0.62, backCm: 1.3, alpha: 1 },
  { insetCm: 0.65, texelCm: 0.72, backCm: 1.9, alpha: 1 },
  // The last one reaches furthest out in a turn, or the flap would end in a fold instead of fading.
  { insetCm: 0.62, texelCm: 0.8, backCm: 2.5, alpha: 0 },
] as const;

/** The flap begins below the ear and is whole at the jaw's angle (head axes, cm). */
const FLAP_TOP_CM = -1.8;
const FLAP_FULL_CM = -3.2;
const TAPER_CM = [-2.4, -6] as const;
const BACK = [1, 0.25] as const;

/** Adds the flap's vertices. @returns its triangles, to be drawn under the face. */
export function buildFlap(input: FlapInput): number[] {
  const { oval, restPx, face, pose, positions, texels, alphas, leaders, bareness } = input;
  const first = positions.length / 3;
  const scale = pose.pxPerCm;
  const shares = FACE_OVAL.map(
    (point, index) => bareness[index]! * smoothstep(FLAP_TOP_CM, FLAP_FULL_CM, face[point * 3 + 1]!),
  );
  oval.forEach(([x, y], index) => {
    const [px, py] = oval[(index + oval.length - 1) % oval.length]!;
    const [nx, ny] = oval[(index + 1) % oval.length]!;
    const length = Math.hypot(nx - px, ny - py) || 1;
    const inX = -(ny - py) / length;
    const inY = (nx - px) / length;
    const leader = FACE_OVAL[index]!;
    // The neck's contour runs straight from the ear down: the lower, the less of a jaw lies behind the outline.
    const back = mix(BACK[1], BACK[0], smoothstep(TAPER_CM[1], TAPER_CM[0], face[leader * 3 + 1]!));
    for (const ring of RINGS) {
      const inset = ring.insetCm * scale;
      positions.push(
        restPx[leader * 3]! + inX * inset,
        restPx[leader * 3 + 1]! - inY * inset,
        restPx[leader * 3 + 2]! - ring.backCm * back * scale,
      );
      texels.push(x + inX * ring.texelCm * scale, y + inY * ring.texelCm * scale);
      alphas.push(ring.alpha * shares[index]!);
      leaders.push(leader);
    }
  });
  const triangles: number[] = [];
  for (let ring = RINGS.length - 2; ring >= 0; ring--) {
    for (let index = 0; index < oval.length; index++) {
      const next = (index + 1) % oval.length;
      if (shares[index] === 0 && shares[next] === 0) continue;
      const a = first + index * RINGS.length + ring;
      const b = first + next * RINGS.length + ring;
      triangles.push(a, b, a + 1, b, b + 1, a + 1);
    }
  }
  return triangles;
}
