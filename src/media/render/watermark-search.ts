import type { WatermarkKey } from './watermark-key.ts';
import {
  WATERMARK_THRESHOLD,
  WatermarkDetector,
  type LumaAndBlue,
  type PictureBox,
  type WatermarkVerdict,
} from './watermark-detector.ts';

/** The mean of this many pictures says where there are bars: no longer than a fade from black would matter. */
const FIRST_FRAMES = 50;
/** Luma that no bar reaches after encoding. */
const LIT = 24;
/** Part of a row or column that is lit where a picture is: less may be noise beside an edge, or a small logo. */
const LIT_PART = 0.03;

/** Looks for one key's mark in a film whose picture may have black bars around it. */
export class WatermarkSearch {
  readonly #key: WatermarkKey;
  readonly #framesPerSecond: number;
  readonly #widthPx: number;
  readonly #heightPx: number;
  readonly #first: LumaAndBlue[] = [];
  #places: readonly { readonly box: PictureBox; readonly detector: WatermarkDetector }[] = [];

  /** @param framesPerSecond - of the pictures to come, each of `widthPx` x `heightPx`. */
  constructor(key: WatermarkKey, framesPerSecond: number, widthPx: number, heightPx: number) {
    this.#key = key;
    this.#framesPerSecond = framesPerSecond;
    this.#widthPx = widthPx;
    this.#heightPx = heightPx;
  }

  /** @param picture - the next one, its planes `[heightPx * widthPx]`; copied where it is kept. */
  push(picture: LumaAndBlue): void {
    if (this.#places.length > 0) {
      this.#look(picture);
      return;
    }
    this.#first.push({ luma: picture.luma.slice(), cb: picture.cb.slice() });
    if (this.#first.length === FIRST_FRAMES) this.#begin();
  }

  /** @returns the clearest of the places' verdicts, less what looking in several places adds to chance. */
  verdict(): WatermarkVerdict {
    if (this.#places.length === 0) this.#begin();
    const verdicts = this.#places.map(({ detector }) => detector.verdict());
    const best = verdicts.reduce((most, next) => (next.score > most.score ? next : most));
    const score = Math.sqrt(Math.max(0, best.score ** 2 - 2 * Math.log(verdicts.length)));
    return { ...best, score, marked: score > WATERMARK_THRESHOLD };
  }

  #begin(): void {
    const lumas = this.#first.map(({ luma }) => luma);
    const boxes = pictureBoxes(lumas, this.#widthPx, this.#heightPx);
    this.#places = boxes.map((box) => ({ box, detector: new WatermarkDetector(this.#key, this.#framesPerSecond) }));
    for (const picture of this.#first) this.#look(picture);
    this.#first.length = 0;
  }

  #look(picture: LumaAndBlue): void {
    for (const { box, detector } of this.#places) detector.push(picture, this.#widthPx, box);
  }
}

/**
 * A dark picture ends where its darkness begins, so bars are taken off in more than one way.
 * @param frames - lumas of one film, `[heightPx * widthPx]` each.
 * @returns the whole frame, what is lit of it, and the square around that, without repetitions.
 */
export function pictureBoxes(frames: readonly Uint8Array[], widthPx: number, heightPx: number): PictureBox[] {
  const whole = { left: 0, top: 0, widthPx, heightPx };
  const columns = new Float64Array(widthPx);
  const rows = new Float64Array(heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      let sum = 0;
      for (const luma of frames) sum += luma[y * widthPx + x]!;
      if (sum <= LIT * frames.length) continue;
      columns[x]! += 1 / heightPx;
      rows[y]! += 1 / widthPx;
    }
  }
  const [left, right] = litSpan(columns);
  const [top, bottom] = litSpan(rows);
  const lit = { left, top, widthPx: right - left, heightPx: bottom - top };
  const sidePx = Math.min(Math.max(lit.widthPx, lit.heightPx), widthPx, heightPx);
  const square = {
    left: Math.round((widthPx - sidePx) / 2),
    top: Math.round((heightPx - sidePx) / 2),
    widthPx: sidePx,
    heightPx: sidePx,
  };
  const boxes: PictureBox[] = [whole];
  for (const box of [lit, square, ...facesIn(lit)]) {
    if (Math.min(box.widthPx, box.heightPx) < LEAST_PX || boxes.some((other) => alike(box, other))) continue;
    boxes.push(box);
  }
  return boxes;
}

/** A picture is square: this is how it stands in a film that is not. */
function facesIn(lit: PictureBox): PictureBox[] {
  const { left, top, widthPx, heightPx } = lit;
  const sidePx = Math.min(widthPx, heightPx);
  // Two people side by side.
  if (widthPx > TWO_PICTURES * heightPx) {
    return [left, left + widthPx - sidePx].map((at) => ({ left: at, top, widthPx: sidePx, heightPx: sidePx }));
  }
  const [across, down] = [Math.round((widthPx - sidePx) / 2), Math.round((heightPx - sidePx) / 2)];
  return [{ left: left + across, top: top + down, widthPx: sidePx, heightPx: sidePx }];
}

/** Wider than 16:9. */
const TWO_PICTURES = 1.9;
/** A picture shown smaller than this has lost the mark. */
const LEAST_PX = 128;

function litSpan(parts: Float64Array): [number, number] {
  const first = parts.findIndex((part) => part > LIT_PART);
  return first < 0 ? [0, 0] : [first, parts.findLastIndex((part) => part > LIT_PART) + 1];
}

function alike(a: PictureBox, b: PictureBox): boolean {
  const pairs = [
    [a.left, b.left],
    [a.top, b.top],
    [a.left + a.widthPx, b.left + b.widthPx],
    [a.top + a.heightPx, b.top + b.heightPx],
  ] as const;
  return pairs.every(([one, other]) => Math.abs(one - other) <= 1);
}
