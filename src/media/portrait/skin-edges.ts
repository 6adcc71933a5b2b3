import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { boxBlur, fillUnknown } from './inpaint.ts';
import { isSkin, skinTone } from './skin-tone.ts';
import { headPointAt } from './pose.ts';

/** A matte is trusted this far inside its edge, cm. */
const UNSURE_CM = 0.32;
/** Skin and background must differ by this much (0..255, root mean square) to tell how much of each a pixel has. */
const APART = [22, 45] as const;
/** What is no mixture of the two, as a share of their difference, is something else: a rim light, an earring. */
const ELSE = [0.3, 0.6] as const;
/** Less background than this is the skin's own shading. */
const LEAST = 0.15;
/** Only head and neck turn against the background; below this, head axes, cm, what looks like skin may be cloth. */
const NECK_CM = -10.5;

/**
 * Narrows a matte where it holds background along the edge of bare skin: at jaw, ear and neck such pixels go along when the
 * head turns, as a light line between cheek and neck.
 * @param alpha - `[size, size]` 0..1; @param colours, @param plate - `[size, size, 3]`. @returns a matte that is nowhere wider.
 */
export function narrowedAtSkin(
  analysis: PortraitAnalysis,
  alpha: Float32Array,
  colours: Float32Array,
  plate: Float32Array,
): Float32Array {
  const { pose, sizePx: size } = analysis;
  const tone = skinTone(analysis);
  const radius = Math.max(1, Math.round(UNSURE_CM * pose.pxPerCm));
  const whole = boxBlur(
    alpha.map((value) => (value > 0.97 ? 1 : 0)),
    size,
    size,
    radius,
  );
  const sure = whole.map((share) => (share > 0.995 ? 1 : 0));
  const inside = fillUnknown(colours, sure, size, size, 3);
  const narrowed = alpha.slice();
  for (let at = 0; at < alpha.length; at++) {
    if (sure[at] === 1 || alpha[at]! < 0.02 || !isSkin(inside, at * 3, tone)) continue;
    if (headPointAt(at % size, Math.floor(at / size), 0, pose)[1] < NECK_CM) continue;
    let [along, square, own] = [0, 0, 0];
    for (let index = at * 3; index < at * 3 + 3; index++) {
      const away = plate[index]! - inside[index]!;
      const here = colours[index]! - inside[index]!;
      along += away * here;
      square += away * away;
      own += here * here;
    }
    const share = along / Math.max(1, square);
    if (share < LEAST) continue;
    const rest = Math.sqrt(Math.max(0, own - share * along) / Math.max(1, square));
    const trust = smoothstep(ELSE[1], ELSE[0], rest) * smoothstep(APART[0], APART[1], Math.sqrt(square / 3));
    const left = 1 - clamp((share - LEAST) / (1 - 2 * LEAST), 0, 1);
    narrowed[at] = mix(alpha[at]!, Math.min(alpha[at]!, left), trust);
  }
  keepWhole(alpha, sure, narrowed, size);
  return narrowed;
}

/** Gives back what was taken inside the person, away from the edge, and takes what is left alone outside: holes and specks. */
function keepWhole(alpha: Float32Array, sure: Float32Array, narrowed: Float32Array, size: number): void {
  const outside = reached(
    size,
    (at) => alpha[at]! < 0.5,
    (at) => narrowed[at]! < 0.5,
  );
  for (let at = 0; at < alpha.length; at++) if (outside[at] === 0 && narrowed[at]! < 0.9) narrowed[at] = alpha[at]!;
  const person = reached(
    size,
    (at) => sure[at] === 1,
    (at) => narrowed[at]! >= 0.35,
  );
  for (let at = 0; at < alpha.length; at++) if (person[at] === 0 && narrowed[at]! >= 0.35) narrowed[at] = 0.35;
}

/** @returns `[size, size]` 1 on all that hangs together with where it starts. */
function reached(size: number, starts: (at: number) => boolean, goesOn: (at: number) => boolean): Uint8Array {
  const seen = new Uint8Array(size * size);
  const stack: number[] = [];
  const visit = (at: number): void => {
    if (seen[at] === 1 || !goesOn(at)) return;
    seen[at] = 1;
    stack.push(at);
  };
  for (let at = 0; at < seen.length; at++) if (starts(at)) visit(at);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % size;
    if (x > 0) visit(at - 1);
    if (x + 1 < size) visit(at + 1);
    if (at >= size) visit(at - size);
    if (at + size < seen.length) visit(at + size);
  }
  return seen;
}
