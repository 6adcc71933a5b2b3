import { LEFT_EYE, RIGHT_EYE } from './topology.ts';

/** Where a new vertex lies: on the edge from a lid point to another, a share of the way. */
export interface EdgeVertex {
  readonly lid: number;
  readonly other: number;
  readonly share: number;
}

export interface SplitLids {
  readonly triangles: Uint16Array;
  /** Numbered on from the face's points. */
  readonly added: readonly EdgeVertex[];
}

/** Lashes take up about this share of the skin between the lid's edge and its crease. */
const LASH_SHARE = 0.32;

/**
 * Cuts the skin just above the upper lids in two rows, so that lashes can travel with the lid's edge without being
 * stretched over the whole lid when it closes.
 * @param triangles - of `pointCount` face points, open at the eyes.
 */
export function splitLids(triangles: Uint16Array, pointCount: number): SplitLids {
  const edge = new Set<number>([...RIGHT_EYE.upper.slice(1, -1), ...LEFT_EYE.upper.slice(1, -1)]);
  const rim = new Set<number>([...RIGHT_EYE.upper, ...LEFT_EYE.upper, ...RIGHT_EYE.lower, ...LEFT_EYE.lower]);
  const added: EdgeVertex[] = [];
  const known = new Map<number, number>();
  const between = (lid: number, other: number): number => {
    // Towards a corner there is no skin to cut: the lid's edge itself goes there.
    if (rim.has(other)) return lid;
    const key = lid * 65_536 + other;
    const old = known.get(key);
    if (old !== undefined) return old;
    const vertex = pointCount + added.length;
    added.push({ lid, other, share: LASH_SHARE });
    known.set(key, vertex);
    return vertex;
  };
  const out: number[] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    const lids = corners.filter((corner) => edge.has(corner)).length;
    const skins = corners.filter((corner) => !rim.has(corner)).length;
    if (lids === 0 || skins === 0) {
      out.push(...corners);
      continue;
    }
    // Rotate so that the corner that is alone on its side comes first.
    const onRim = corners.map((corner) => rim.has(corner));
    const aloneOnRim = onRim.filter(Boolean).length === 1;
    const first = onRim.indexOf(aloneOnRim);
    const [a = 0, b = 0, c = 0] = [corners[first], corners[(first + 1) % 3], corners[(first + 2) % 3]];
    const cut = (rimPoint: number, skin: number): number => (edge.has(rimPoint) ? between(rimPoint, skin) : rimPoint);
    const ab = aloneOnRim ? cut(a, b) : cut(b, a);
    const ac = aloneOnRim ? cut(a, c) : cut(c, a);
    for (const triangle of [
      [a, ab, ac],
      [ab, b, c],
      [ab, c, ac],
    ]) {
      const [p, q, r] = triangle;
      if (p !== q && q !== r && p !== r) out.push(...triangle);
    }
  }
  return { triangles: Uint16Array.from(out), added };
}
