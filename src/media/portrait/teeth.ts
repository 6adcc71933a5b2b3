import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import type { TeethFacts } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { archLines, BEYOND_CM, LOWER_TEETH, UPPER_TEETH, type ArchLines, type ArchPlace } from './dental-arch.ts';
import { sampleAt } from './inpaint.ts';
import type { MouthTone } from './mouth-tone.ts';
import { shownAt, type OwnTeeth } from './own-teeth.ts';
import type { PartsAtlas, Sprite } from './parts-atlas.ts';
import type { HeadPose } from './pose.ts';
import { drawTeeth, SHADE_HUE } from './tooth-sprites.ts';

/** Upper incisors end this far under the line where closed lips meet, and the lower ones just as far as the lower lip hides. */
const UPPER_EDGE_CM = -0.3;
const LOWER_EDGE_CM = -0.22;
/** How far the middle teeth's front is behind the seam of the lips. */
const BEHIND_LIPS_CM = 0.6;
/** Lower teeth bite behind the upper ones, on a narrower arch, and get less light. */
const OVERJET_CM = 0.28;
const LOWER_WIDTH = 0.93;
const LOWER_LIGHT = 0.76;
/** The edge line of portraits that show their teeth is followed this far at most. */
const MOST_LIFT_CM = 0.45;
/** How much of the drawn row's shading the portrait's own teeth get on top of theirs. */
const DRAWN_SHADE = 0.72;
/** Saturation of the portrait's pixels up to which they are teeth, and from which on they are not. */
const REDDEST = [0.24, 0.4] as const;

export interface TeethOptions {
  readonly analysis: PortraitAnalysis;
  readonly tone: MouthTone;
  readonly own: OwnTeeth | null;
  /** Middle of the closed lips, cm in head axes. */
  readonly lipsCm: readonly [x: number, y: number, z: number];
  readonly halfWidthCm: number;
  readonly tilt: number;
  readonly atlas: PartsAtlas;
}

/** Both rows, where they stand in the skull and how they look; the upper one with the portrait's own teeth in it. */
export function buildTeeth(options: TeethOptions): { readonly upper: TeethFacts; readonly lower: TeethFacts } {
  const { analysis, atlas, halfWidthCm, lipsCm, own, tilt, tone } = options;
  const { pose } = analysis;
  const [, lipY, lipZ] = lipsCm;
  const frontZCm = lipZ - BEHIND_LIPS_CM;
  const place: ArchPlace = { halfWidthCm, edgeYCm: lipY + UPPER_EDGE_CM, frontZCm, tilt, levelZCm: lipZ, up: 1 };
  const upper = archLines(UPPER_TEETH, place, own === null ? undefined : liftTo(own, place, pose));
  const look = { halfWidthCm, pxPerCm: pose.pxPerCm, row: UPPER_TEETH, tone };
  const sprite = drawTeeth(look);
  if (own !== null) paintOwn(sprite, own, upper, tone.teeth, analysis);
  const lowered = own === null ? upper : underLip(upper, place.edgeYCm);
  const lowerPlace: ArchPlace = {
    ...place,
    halfWidthCm: LOWER_WIDTH * halfWidthCm,
    edgeYCm: lipY + LOWER_EDGE_CM,
    frontZCm: frontZCm - OVERJET_CM,
    up: -1,
  };
  const lowerTone = { ...tone, teeth: tone.teeth.map((value) => value * LOWER_LIGHT) as unknown as MouthTone['teeth'] };
  const lowerSprite = drawTeeth({ ...look, halfWidthCm: lowerPlace.halfWidthCm, row: LOWER_TEETH, tone: lowerTone });
  return {
    upper: { ...lowered, sprite: atlas.add(sprite) },
    lower: { ...archLines(LOWER_TEETH, lowerPlace), sprite: atlas.add(lowerSprite) },
  };
}

/**
 * A smile lifts the upper lip off teeth that a closed mouth would then hide in all of speech: the row comes down to where
 * its edge is seen under the lip again.
 */
function underLip({ edgeCm, rootCm }: ArchLines, edgeYCm: number): ArchLines {
  const middle = edgeCm[3 * ((edgeCm.length / 3) >> 1) + 1]! + BEYOND_CM;
  const down = Math.min(0, edgeYCm - middle);
  const moved = (line: readonly number[]): number[] => line.map((value, at) => (at % 3 === 1 ? value + down : value));
  return { edgeCm: moved(edgeCm), rootCm: moved(rootCm) };
}

/** @returns what brings the arch's edges onto those that the portrait shows. */
function liftTo(own: OwnTeeth, place: ArchPlace, pose: HeadPose): (along: number) => number {
  const bare = archLines(UPPER_TEETH, place).edgeCm;
  const lifts: number[] = [];
  for (let at = 0; at < bare.length; at += 3) {
    const [x, y] = project([bare[at]!, bare[at + 1]!, bare[at + 2]!], pose);
    const column = clamp(Math.floor(x) - own.left, 0, own.width - 1);
    lifts.push(shownAt(own, x) > 0.5 ? (y - own.lowerEdge[column]!) / pose.pxPerCm - BEYOND_CM : Number.NaN);
  }
  const known = lifts.filter((lift) => !Number.isNaN(lift));
  const mean = known.reduce((sum, lift) => sum + lift, 0) / Math.max(1, known.length);
  const filled = lifts.map((lift) => clamp(Number.isNaN(lift) ? mean : lift, -MOST_LIFT_CM, MOST_LIFT_CM));
  return (along) => {
    const place = ((along + 1) / 2) * (filled.length - 1);
    const column = Math.min(filled.length - 2, Math.floor(place));
    return mix(filled[column]!, filled[column + 1]!, place - column);
  };
}

/** Puts the portrait's pixels where its teeth show, seen from where they were taken. */
function paintOwn(
  sprite: Sprite,
  own: OwnTeeth,
  { edgeCm, rootCm }: ArchLines,
  tone: MouthTone['teeth'],
  analysis: PortraitAnalysis,
): void {
  const { pose, rgba, sizePx } = analysis;
  const columns = edgeCm.length / 3 - 1;
  const soft = 0.075 * pose.pxPerCm;
  for (let x = 0; x < sprite.width; x++) {
    const along = ((x + 0.5) / sprite.width) * columns;
    const column = Math.min(columns - 1, Math.floor(along));
    const at = (line: readonly number[], axis: number): number =>
      mix(line[column * 3 + axis]!, line[column * 3 + 3 + axis]!, along - column);
    for (let y = 0; y < sprite.height; y++) {
      const down = (y + 0.5) / sprite.height;
      const point = [0, 1, 2].map((axis) => mix(at(rootCm, axis), at(edgeCm, axis), down)) as [number, number, number];
      const [px, py] = project(point, pose);
      const shown = shownAt(own, px);
      if (shown === 0) continue;
      const line = clamp(Math.floor(px) - own.left, 0, own.width - 1);
      const [top, bottom] = [own.upperEdge[line]!, own.lowerEdge[line]!];
      const taken = [0, 1, 2].map((channel) =>
        sampleAt(rgba, sizePx, sizePx, 4, channel, px, Math.min(py, bottom - 0.5)),
      );
      const hue = (Math.max(...taken) - Math.min(...taken)) / Math.max(1, ...taken);
      // What is as red as a lip is one, or the gap between two teeth.
      const enamel = smoothstep(REDDEST[1], REDDEST[0], hue);
      const share = shown * enamel * smoothstep(top - 1.5 * soft, top + soft, py);
      const to = (y * sprite.width + x) * 4;
      // A small picture blurs the shadows between teeth away, and a flash the depth of the row.
      const drawn = sprite.pixels[to]! / Math.max(1, tone[0]);
      const shade = mix(1, clamp(drawn, 0.25, 1), DRAWN_SHADE);
      for (let channel = 0; channel < 3; channel++) {
        const colour = shade ** SHADE_HUE[channel]! * taken[channel]!;
        sprite.pixels[to + channel] = mix(sprite.pixels[to + channel]!, colour, share);
      }
      const alpha = 255 * smoothstep(bottom + soft, bottom - soft, py);
      sprite.pixels[to + 3] = mix(sprite.pixels[to + 3]!, alpha, share);
    }
  }
}

/** Where a point of the head, cm, lies in the picture. */
function project(
  [x, y, z]: readonly [number, number, number],
  { originPx, pxPerCm, rotation: r }: HeadPose,
): [number, number] {
  return [
    originPx[0] + pxPerCm * (r[0]! * x + r[1]! * y + r[2]! * z),
    -(originPx[1] + pxPerCm * (r[3]! * x + r[4]! * y + r[5]! * z)),
  ];
}
