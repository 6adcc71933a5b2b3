import { seededRandom } from '../../base/random.ts';
import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { RgbaImage } from '../appearance.ts';
import { FACE_OVAL } from './landmark-groups.ts';
import { boxBlur, fillUnknown } from './inpaint.ts';
import { FEATHER_CM, ringAround } from './mesh.ts';
import { HAIR_BEHIND_CM } from './mesh-hair.ts';
import { cutHair, fillUnderHair, NO_HAIR } from './hair-layer.ts';
import { withoutFarSide } from './far-side.ts';
import { collarAtJaw } from './collar.ts';
import { cleanLips } from './clean-lips.ts';
import { clearHoleRims } from './hole-rims.ts';
import type { SplitPicture } from './plate.ts';
import { polygonMask } from './polygon.ts';
import { headPointAt, type HeadPose } from './pose.ts';
import { isSkin, type SkinTone } from './skin-tone.ts';

/** The face and the hair alone, and the picture of the body with neck where the chin was. */
export interface PersonLayers {
  readonly body: RgbaImage;
  readonly face: RgbaImage;
  readonly faceOriginPx: readonly [x: number, y: number];
  readonly hair: RgbaImage;
  readonly hairOriginPx: readonly [x: number, y: number];
}

/** Above this height (head axes, cm) face and head are one surface and the body keeps its pixels. */
const FILL_TOP_CM = -1.8;
const FILL_FULL_CM = -2.8;
/** What a turn uncovers is the jaw's own skin down to here, and the neck's from there on. */
const SKIN_CM = -5.6;
const NECK_SKIN_CM = -8.2;
/** Under the chin and this near the middle, head axes, cm, lies the neck; it shows where at least so much of it is skin. */
const UNDER_CHIN_CM = -6.5;
const NECK_HALF_CM = 4.5;
const NECK_AREA_CM2 = 0.8;
/** The neck's edge is looked for this far below the chin. */
const BELOW_CHIN_CM = 1.2;
/** How far the neck's side lies inside the straight line from ear to collar. */
const HOLLOW_CM = 0.85;
const HOLLOW_SHARE = 0.5;
/** The jaw shades what lies behind its edge, the more the lower. */
const CHEEK_SHADE = 0.9;
const NECK_SHADE = 0.82;
const FILL_SHADE = 0.9;
/** The shade sets in over this distance from the edge. */
const SHADOW_CM = 0.6;
/** Of the outline: the angles of the jaw, on the person's right and left. */
const RIGHT_ANGLE = [132, 58, 172] as const;
const LEFT_ANGLE = [361, 288, 397] as const;

/**
 * @param hair - `[size, size]` 0..1, or null; @param bareness - for each point of the outline: 0 where hair or cloth lies
 * against it .. 1 where nothing does; @param grain - of the face, 0..255.
 */
export function buildLayers(
  split: SplitPicture,
  hair: Float32Array | null,
  bareness: readonly number[],
  grain: number,
  tone: SkinTone,
  landmarks: Float32Array,
  pose: HeadPose,
  sizePx: number,
): PersonLayers {
  const oval = FACE_OVAL.map((point) => [landmarks[point * 3]!, landmarks[point * 3 + 1]!] as const);
  const bare = hair === null ? split : fillUnderHair(split, hair, grain, pose, sizePx);
  const narrowed = withoutFarSide(bare, landmarks, tone, pose);
  const collars = collarAtJaw(narrowed, landmarks, tone, pose);
  const body = fillBehindJaw(narrowed, collars, oval, landmarks, bareness, tone, grain, pose, sizePx);
  const outline = ringAround(oval, (FEATHER_CM + 0.15) * pose.pxPerCm);
  const xs = outline.map(([x]) => x);
  const ys = outline.map(([, y]) => y);
  const left = clamp(Math.floor(Math.min(...xs)), 0, sizePx - 8);
  const top = clamp(Math.floor(Math.min(...ys)), 0, sizePx - 8);
  const width = clamp(Math.ceil(Math.max(...xs)) - left, 8, sizePx - left);
  const height = clamp(Math.ceil(Math.max(...ys)) - top, 8, sizePx - top);
  const skin = bare.person.slice();
  const presence = bare.alpha.slice();
  for (let at = 0; at < presence.length; at++) if (collars[at] === 1) presence[at] = 0;
  if (hair !== null) clearBackHair(hair, presence, oval, pose, sizePx);
  clearHoleRims(skin, landmarks, pose, sizePx);
  cleanLips(skin, landmarks, pose, sizePx);
  softenBorder(skin, oval, pose, sizePx);
  const pixels = new Uint8Array(width * height * 4);
  // A turn squeezes the far cheek to half its width: an edge as sharp as a hair would turn into steps.
  const soft = boxBlur(presence, sizePx, sizePx, Math.max(1, Math.round(sizePx / 400)));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y + top) * sizePx + x + left;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = Math.round(skin[from * 3 + channel]!);
      pixels[to + 3] = Math.round(smoothstep(0.15, 1, soft[from]!) * 255);
    }
  }
  const cut = hair === null ? NO_HAIR : cutHair(split, hair, sizePx);
  const face = { widthPx: width, heightPx: height, pixels };
  return { body, face, faceOriginPx: [left, top], hair: cut.image, hairOriginPx: cut.originPx };
}

/** Hair that hangs behind the jaw is drawn under the face, whose soft edge must not lie over it. */
function clearBackHair(
  hair: Float32Array,
  presence: Float32Array,
  oval: readonly (readonly [number, number])[],
  pose: HeadPose,
  size: number,
): void {
  const inside = polygonMask(oval, size);
  const head = headPlane(pose);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (inside[at] === 1 || hair[at] === 0) continue;
      const height = head.y0 + head.yRight * x + head.yDown * y;
      presence[at]! *= 1 - hair[at]! * smoothstep(HAIR_BEHIND_CM + 0.4, HAIR_BEHIND_CM - 0.4, height);
    }
  }
}

/**
 * Takes the finest detail out of a band along the outline, where a turn squeezes texels several to a pixel: hairs and
 * rim lights would turn into dots there.
 */
function softenBorder(
  colours: Float32Array,
  oval: readonly (readonly [number, number])[],
  pose: HeadPose,
  size: number,
): void {
  const inner = polygonMask(ringAround(oval, -0.45 * pose.pxPerCm), size);
  const outline = ringAround(oval, (FEATHER_CM + 0.1) * pose.pxPerCm);
  const outer = polygonMask(outline, size);
  const reach = Math.max(1, Math.round(0.12 * pose.pxPerCm));
  const radius = Math.max(1, Math.round(size / 512));
  // Only around the face: nothing further out is changed.
  const margin = reach + radius + 1;
  const left = clamp(Math.floor(Math.min(...outline.map(([x]) => x))) - margin, 0, size - 1);
  const right = clamp(Math.ceil(Math.max(...outline.map(([x]) => x))) + margin, left + 1, size);
  const top = clamp(Math.floor(Math.min(...outline.map(([, y]) => y))) - margin, 0, size - 1);
  const bottom = clamp(Math.ceil(Math.max(...outline.map(([, y]) => y))) + margin, top + 1, size);
  const [width, height] = [right - left, bottom - top];
  const plane = new Float32Array(width * height);
  const fillPlane = (valueAt: (from: number) => number): void => {
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0, from = (y + top) * size + left; x < width; x++, from++, to++) plane[to] = valueAt(from);
    }
  };
  fillPlane((from) => (inner[from] === 0 && outer[from] === 1 ? 1 : 0));
  const share = boxBlur(plane, width, height, reach);
  for (let channel = 0; channel < 3; channel++) {
    fillPlane((from) => colours[from * 3 + channel]!);
    const blurred = boxBlur(plane, width, height, radius);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0, to = ((y + top) * size + left) * 3 + channel; x < width; x++, at++, to += 3) {
        const weight = share[at]!;
        if (weight > 0) colours[to] = plane[at]! + weight * (blurred[at]! - plane[at]!);
      }
    }
  }
}

/**
 * Carries neck, hair or background on under the jaw: what a turn or a nod uncovers. The fill keeps its own alpha, so
 * a jaw wider than the neck uncovers background.
 */
function fillBehindJaw(
  split: SplitPicture,
  collars: Uint8Array,
  oval: readonly (readonly [number, number])[],
  landmarks: Float32Array,
  bareness: readonly number[],
  tone: SkinTone,
  grain: number,
  pose: HeadPose,
  size: number,
): RgbaImage {
  const { person, alpha } = split;
  const left = Math.max(0, Math.floor(Math.min(...oval.map(([x]) => x)) - 2 * pose.pxPerCm));
  const right = Math.min(size, Math.ceil(Math.max(...oval.map(([x]) => x)) + 2 * pose.pxPerCm));
  const top = Math.max(0, Math.floor(Math.min(...oval.map(([, y]) => y))));
  const bottom = Math.min(size, Math.ceil(Math.max(...oval.map(([, y]) => y)) + 2 * pose.pxPerCm));
  const [width, height] = [right - left, bottom - top];
  const values = new Float32Array(width * height * 4);
  const known = new Float32Array(width * height);
  const fill = new Float32Array(width * height);
  let neckPixels = 0;
  const collar: number[] = [];
  const away = smoothstep(7.5, 9.5, Math.abs(pose.yawDeg));
  const head = headPlane(pose);
  const grown = polygonMask(ringAround(oval, 0.38 * pose.pxPerCm), size);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y + top) * size + x + left;
      const at = y * width + x;
      const headX = head.x0 + head.xRight * (x + left) + head.xDown * (y + top);
      const headY = head.y0 + head.yRight * (x + left) + head.yDown * (y + top);
      // Where the portrait itself turns its cheek away, no second one may stand behind when it turns back.
      const far = away * smoothstep(0.5, 2.5, headX * Math.sign(pose.yawDeg));
      fill[at] =
        grown[from] === 1 && collars[from] === 0 ? Math.max(far, smoothstep(FILL_TOP_CM, FILL_FULL_CM, headY)) : 0;
      // Only what hangs beside and below the jaw may be carried on, not the cheek above.
      known[at] = grown[from] === 0 && (headY < FILL_TOP_CM + 1 || far > 0) ? 1 : 0;
      if (known[at] === 1 && headY < UNDER_CHIN_CM && Math.abs(headX) < NECK_HALF_CM && alpha[from]! > 0.5) {
        if (isSkin(person, from * 3, tone)) neckPixels++;
        else collar.push(at);
      } else if (collars[from] === 1) collar.push(at);
      const a = alpha[from]!;
      for (let channel = 0; channel < 3; channel++) values[at * 4 + channel] = person[from * 3 + channel]! * a;
      values[at * 4 + 3] = a;
    }
  }
  // A collar must not be carried up under the chin where there is a neck to carry on.
  if (neckPixels > NECK_AREA_CM2 * pose.pxPerCm ** 2) for (const at of collar) known[at] = 0;
  const filled = fillUnknown(values, known, width, height, 4);
  const sides = [
    jawSide(RIGHT_ANGLE, landmarks, bareness, alpha, pose, size),
    jawSide(LEFT_ANGLE, landmarks, bareness, alpha, pose, size),
  ] as const;
  // Right at the jaw's edge the fill is as light as what it goes on from; a step would draw a second jaw.
  const within = boxBlur(fill, width, height, Math.max(1, Math.round(SHADOW_CM * pose.pxPerCm)));
  const random = seededRandom(size, 9);
  const pixels = new Uint8Array(size * size * 4);
  for (let at = 0; at < size * size; at++) {
    for (let channel = 0; channel < 3; channel++) pixels[at * 4 + channel] = Math.round(person[at * 3 + channel]!);
    pixels[at * 4 + 3] = Math.round(alpha[at]! * 255);
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const share = fill[at]!;
      if (share === 0) continue;
      const to = ((y + top) * size + x + left) * 4;
      // The jaw shades the neck close under it; deeper inside nothing is seen but shadow.
      const inner = smoothstep(0.5, 0.95, within[at]!);
      const shade = mix(1, FILL_SHADE, inner);
      const a = filled[at * 4 + 3]!;
      const headX = head.x0 + head.xRight * (x + left) + head.xDown * (y + top);
      const headY = head.y0 + head.yRight * (x + left) + head.yDown * (y + top);
      const side = sides[headX < 0 ? 0 : 1];
      const angle = side.bare * behindJaw(side, headX, headY);
      // Where no neck was found to carry on there is only the jaw's own skin.
      const skin = Math.max(side.bare * smoothstep(NECK_SKIN_CM, SKIN_CM, headY), 1 - smoothstep(0.05, 0.3, a));
      const behind = mix(1, mix(NECK_SHADE, CHEEK_SHADE, smoothstep(NECK_SKIN_CM, SKIN_CM + 2, headY)), inner);
      const noise = grain * random.normal();
      for (let channel = 0; channel < 3; channel++) {
        const neck = (filled[at * 4 + channel]! / Math.max(a, 1e-3)) * shade + noise;
        const colour = neck + (pixels[to + channel]! * behind - neck) * skin;
        pixels[to + channel] = Math.round(clamp(pixels[to + channel]! * (1 - share) + colour * share, 0, 255));
      }
      // Half a neck fading into background reads as a stain: what is filled ends somewhere.
      const neckAlpha = 255 * smoothstep(0.38, 0.62, a);
      const filledAlpha = neckAlpha + (pixels[to + 3]! - neckAlpha) * angle;
      pixels[to + 3] = Math.round(clamp(pixels[to + 3]! * (1 - share) + filledAlpha * share, 0, 255));
    }
  }
  return { widthPx: size, heightPx: size, pixels };
}

/** One side of the jaw in head axes, cm: where the ear ends above it, and where the neck's edge is below it. */
interface JawSide {
  readonly bare: number;
  readonly lobe: readonly [x: number, y: number];
  readonly neck: readonly [x: number, y: number];
}

function jawSide(
  points: readonly [number, number, number],
  landmarks: Float32Array,
  bareness: readonly number[],
  alpha: Float32Array,
  pose: HeadPose,
  size: number,
): JawSide {
  const places = FACE_OVAL as readonly number[];
  const bare = points.reduce((sum, point) => sum + bareness[places.indexOf(point)]!, 0) / points.length;
  // From the lobe, not from the corner of the jaw: a second corner behind the turned jaw would double it.
  const [lobe, , corner] = points;
  const [x, y] = headPointAt(landmarks[lobe * 3]!, landmarks[lobe * 3 + 1]!, 0, pose);
  const chinX = Math.round(clamp(landmarks[152 * 3]!, 0, size - 1));
  const step = x < 0 ? -1 : 1;
  // The neck's edge is where the person is narrowest between the jaw's angle and a little below the chin.
  const first = Math.round(clamp(landmarks[corner * 3 + 1]!, 0, size - 1));
  const last = Math.round(clamp(landmarks[152 * 3 + 1]! + BELOW_CHIN_CM * pose.pxPerCm, first, size - 1));
  let narrowest: readonly [x: number, y: number] = [x, last];
  let least = Infinity;
  for (let row = first; row <= last; row++) {
    let column = chinX;
    while (column > 0 && column < size - 1 && alpha[row * size + column]! > 0.5) column += step;
    if (Math.abs(column - chinX) > least) continue;
    least = Math.abs(column - chinX);
    narrowest = [column, row];
  }
  const [neckX, neckY] = headPointAt(...narrowest, 0, pose);
  // A collar or a shoulder may be wider than the jaw: the jaw is not.
  return { bare, lobe: [x, y], neck: [Math.sign(x) * Math.min(Math.abs(neckX), Math.abs(x)), neckY] };
}

/** @returns 1 between the jaw's outline and a line from the ear to the neck, 0 outside. */
function behindJaw({ lobe, neck }: JawSide, x: number, y: number): number {
  if (y >= lobe[1]) return 1;
  const along = (lobe[1] - y) / Math.max(0.1, lobe[1] - neck[1]);
  // Further down the neck stands as wide as it is there.
  if (along >= 1) return smoothstep(0.3, -0.1, Math.abs(x) - Math.abs(neck[0]));
  // Below an ear the neck is hollow, unless it is as wide as the jaw.
  const hollow = clamp(HOLLOW_SHARE * (Math.abs(lobe[0]) - Math.abs(neck[0])), 0, HOLLOW_CM);
  const line = Math.abs(lobe[0] + (neck[0] - lobe[0]) * along) - hollow * Math.sin(Math.PI * along);
  return smoothstep(0.3, -0.1, Math.abs(x) - line);
}

/** Head axes, cm, at depth 0 as linear functions of the place in the picture. */
function headPlane(pose: HeadPose): Readonly<Record<'x0' | 'y0' | 'xRight' | 'yRight' | 'xDown' | 'yDown', number>> {
  const [x0, y0] = headPointAt(0, 0, 0, pose);
  const [x1, y1] = headPointAt(1, 0, 0, pose);
  const [x2, y2] = headPointAt(0, 1, 0, pose);
  return { x0, y0, xRight: x1 - x0, yRight: y1 - y0, xDown: x2 - x0, yDown: y2 - y0 };
}
