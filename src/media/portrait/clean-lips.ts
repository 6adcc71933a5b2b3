import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { boxBlur, fillUnknown } from './inpaint.ts';
import { LIP_INNER_LOWER, LIP_INNER_UPPER } from './landmark-groups.ts';
import { seamLine } from './lip-seam.ts';
import { polygonMask } from './polygon.ts';
import type { HeadPose } from './pose.ts';

type Point = readonly [x: number, y: number];

/** The line between the lips and a mouth's inside go, with this much of the lips' edges; over so much more it fades. */
const RIM_CM = 0.07;
const SOFT_CM = 0.07;
/** The line may lie this far beside the landmarks, where it is darker than a share of the lip around it. */
const REACH_CM = 0.2;
const CORNER_REACH_CM = 0.26;
const DARK_SHARE = 0.86;
const CORNER_DARK_SHARE = 0.6;
const MARGIN_CM = 0.6;
/** Corners lie in a little shade of their own. */
const CORNER_KEPT = 0.3;

/**
 * Replaces all that shows between the lips, the dark line where they meet included, by the lips around it: a mouth that
 * opens must not carry teeth or half of a closed mouth along each lip.
 * @param colours - `[size, size, 3]`, changed in place.
 */
export function cleanLips(colours: Float32Array, landmarks: Float32Array, pose: HeadPose, size: number): void {
  const at = (point: number): Point => [landmarks[point * 3]!, landmarks[point * 3 + 1]!];
  const upper = LIP_INNER_UPPER.map(at);
  const lower = LIP_INNER_LOWER.map(at);
  const seam = seamLine(landmarks);
  const margin = MARGIN_CM * pose.pxPerCm;
  const all = [...seam, ...upper, ...lower];
  const bound = (value: number): number => Math.round(clamp(value, 0, size));
  const left = bound(Math.min(...all.map(([x]) => x)) - margin);
  const right = bound(Math.max(...all.map(([x]) => x)) + margin);
  const top = bound(Math.min(...all.map(([, y]) => y)) - margin);
  const bottom = bound(Math.max(...all.map(([, y]) => y)) + margin);
  const [width, height] = [right - left, bottom - top];
  if (width < 8 || height < 8) return;
  const values = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((y + top) * size + left) * 3;
    values.set(colours.subarray(from, from + width * 3), y * width * 3);
  }
  const inside = polygonMask([...upper, ...lower.slice(1, -1).reverse()], size);
  const gone = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) gone[y * width + x] = inside[(y + top) * size + x + left]!;
  }
  const local = (line: readonly Point[]): Point[] => line.map(([x, y]) => [x - left, y - top]);
  for (const line of [seam, upper, lower]) stroke(gone, local(line), RIM_CM * pose.pxPerCm, width, height);
  addDarkLine(gone, values, local(seam), pose.pxPerCm, width, height);
  const soft = Math.max(1, Math.round(SOFT_CM * pose.pxPerCm));
  const around = boxBlur(gone, width, height, soft);
  const known = around.map((share) => (share > 0 ? 0 : 1));
  const filled = fillUnknown(values, known, width, height, 3);
  const [startX, endX] = [upper[0]![0], upper[10]![0]];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (known[pixel] === 1) continue;
      const corner = smoothstep(0.8, 1, Math.abs((2 * (x + left - startX)) / Math.max(1, endX - startX) - 1));
      const share = (1 - CORNER_KEPT * corner) * (gone[pixel] === 1 ? 1 : smoothstep(0, 0.55, around[pixel]!));
      const to = ((y + top) * size + x + left) * 3;
      for (let channel = 0; channel < 3; channel++) {
        colours[to + channel] = mix(colours[to + channel]!, filled[pixel * 3 + channel]!, share);
      }
    }
  }
}

/** Marks all within `radius` of a line. */
function stroke(mask: Float32Array, line: readonly Point[], radius: number, width: number, height: number): void {
  for (let segment = 0; segment + 1 < line.length; segment++) {
    const [ax, ay] = line[segment]!;
    const [bx, by] = line[segment + 1]!;
    const square = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    for (let y = Math.floor(Math.min(ay, by) - radius); y <= Math.max(ay, by) + radius; y++) {
      for (let x = Math.floor(Math.min(ax, bx) - radius); x <= Math.max(ax, bx) + radius; x++) {
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const share = clamp(((x + 0.5 - ax) * (bx - ax) + (y + 0.5 - ay) * (by - ay)) / square, 0, 1);
        const distance = Math.hypot(x + 0.5 - mix(ax, bx, share), y + 0.5 - mix(ay, by, share));
        if (distance <= radius) mask[y * width + x] = 1;
      }
    }
  }
}

/** Marks what is left of the dark line between the lips where it lies beside the landmarks. */
function addDarkLine(
  mask: Float32Array,
  colours: Float32Array,
  line: readonly Point[],
  pxPerCm: number,
  width: number,
  height: number,
): void {
  const luma = (x: number, y: number): number => {
    const at = (clamp(y, 0, height - 1) * width + x) * 3;
    return colours[at]! + colours[at + 1]! + colours[at + 2]!;
  };
  const startX = line[0]![0];
  const endX = line.at(-1)?.[0] ?? startX;
  for (let x = Math.max(0, Math.ceil(startX)); x < Math.min(width, endX); x++) {
    const after = line.findIndex(([end]) => end > x);
    const [ax, ay] = line[Math.max(0, after - 1)]!;
    const [bx, by] = line[Math.max(1, after)]!;
    const middle = Math.round(ay + ((by - ay) * (x - ax)) / Math.max(1, bx - ax));
    const corner = smoothstep(0.7, 0.95, Math.abs((2 * (x - startX)) / Math.max(1, endX - startX) - 1));
    const reach = Math.round(mix(REACH_CM, CORNER_REACH_CM, corner) * pxPerCm);
    for (const side of [-1, 1]) {
      // The lip beside the line, a little further out than the line may reach.
      const lip =
        (luma(x, middle + Math.round(side * 1.2 * reach)) + luma(x, middle + Math.round(side * 1.5 * reach))) / 2;
      let last = -1;
      for (let step = 0; step <= reach; step++) {
        if (luma(x, middle + side * step) < mix(DARK_SHARE, CORNER_DARK_SHARE, corner) * lip) last = step;
      }
      for (let step = 0; step <= last; step++) mask[clamp(middle + side * step, 0, height - 1) * width + x] = 1;
    }
  }
}
