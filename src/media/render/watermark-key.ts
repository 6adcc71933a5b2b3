import { seededRandom } from '../../base/random.ts';

/** Any secret text; the operator's, not the caller's. */
export type WatermarkKey = string;

/** Blocks along each side. 32 px at 512: coarse enough for VP8 at 300 kbit/s and 360 px (`bench/watermark.ts`). */
export const BLOCKS = 16;
/** Faster than a head moves, slow enough for 12 pictures a second; no whole number of pictures at 25 or 30 a second. */
export const BEAT_HZ = 5.3;

/** What of a picture carries a mark: how bright it is, and how blue. */
export type MarkedPlane = 'luma' | 'blue';

/** @returns one plane's secret phases in radians, `[BLOCKS * BLOCKS]`, row by row. */
export function watermarkPhases(key: WatermarkKey, plane: MarkedPlane): Float64Array {
  const text = `${plane} ${key}`;
  const random = seededRandom(hash(text, 0x811c9dc5), (hash(text, 0x9747b28c) << 2) | 1);
  return Float64Array.from({ length: BLOCKS * BLOCKS }, () => 2 * Math.PI * random.uniform());
}

/** FNV-1a, so that every key has phases of its own. */
function hash(text: string, start: number): number {
  let state = start;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state >>> 0;
}
