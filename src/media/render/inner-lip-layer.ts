import { mix, smoothstep } from '../../base/ramp.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { LIP_COLUMNS, type MouthOpening } from './mouth-opening.ts';
import type { ScenePlanner } from './scene-plan.ts';
import type { VertexWriter } from './vertex-writer.ts';

/** How far a lip rolls on into the mouth, cm, at most and as a share of the gap. */
const UPPER_CM = 0.14;
const LOWER_CM = 0.18;
const GAP_SHARE = 0.46;
/** What a wide gap adds, as a share of it: the more the lips are pulled apart, the more of their inside is seen. */
const UPPER_WIDE_SHARE = 0.02;
const LOWER_WIDE_SHARE = 0.07;
/** At the corners the lips join in a web of skin: as a share of the gap beside it, and at most. */
const CORNER_SHARE = 0.55;
const CORNER_CM = 0.3;
const CORNER_WIDE_SHARE = 0.1;
/** Between these gaps, cm, the web comes into sight: on a narrower mouth it would lie over the corners as specks. */
const WEB_CM = [0.4, 1.2] as const;
/** Skin of the lips, in the shade of the corner. */
const WEB_LIGHT = 0.95;
/** Strips of edges that meet cover the hair's breadth between them. */
const SLACK_PX = 0.3;
/** Where along a lip's height its colour is taken for the part that rolls in, from its inner edge. */
const OUTWARD = [0, 0.16, 0.3] as const;
/** How far in each row lies, how dark it is on the upper and the lower lip, and how much of it is seen. */
const INWARD = [0, 0.5, 1] as const;
const UPPER_SHADES = [1, 0.66, 0.35] as const;
const LOWER_SHADES = [1, 0.85, 0.5] as const;
const ALPHAS = [1, 0.75, 0] as const;
const CHEEK_DARK = 0.5;
const TURNED_CM = 0.25;

/** The wet inner side of the lips, rolling out of sight: an opening that ends softly, in the lips' own colours. */
export class InnerLipLayer {
  private readonly facts: AppearanceFacts;
  /** First vertices of the two inner rows, upper lip and lower. */
  private readonly first: readonly [upper: number, lower: number];

  constructor(facts: AppearanceFacts, planner: ScenePlanner, faceTexture: number) {
    this.facts = facts;
    const strip = (points: readonly number[]): number => {
      const first = planner.vertices(2 * points.length);
      const triangles: number[] = [];
      for (let column = 0; column < LIP_COLUMNS; column++) {
        const rows = [points, [0, 1].map((row) => first + row * points.length + column)] as const;
        const next = first + column + 1;
        const [inner = 0, deep = 0] = rows[1];
        triangles.push(points[column]!, points[column + 1]!, inner, points[column + 1]!, next, inner);
        triangles.push(inner, next, deep, next, next + points.length, deep);
      }
      planner.batch(faceTexture, triangles);
      return first;
    };
    this.first = [strip(facts.mouth.upperInner), strip(facts.mouth.lowerInner)];
  }

  /** @param texels - `[v, 2]` of the loaded texture; @param shades - `[v]`. */
  write(opening: MouthOpening, texels: Float32Array, shades: Float32Array, writer: VertexWriter): void {
    const { mouth } = this.facts;
    this.writeLip(this.first[0], mouth.upperInner, mouth.upperOuter, 1, opening, texels, shades, writer);
    this.writeLip(this.first[1], mouth.lowerInner, mouth.lowerOuter, -1, opening, texels, shades, writer);
  }

  private writeLip(
    first: number,
    inner: readonly number[],
    outer: readonly number[],
    down: 1 | -1,
    opening: MouthOpening,
    texels: Float32Array,
    shades: Float32Array,
    writer: VertexWriter,
  ): void {
    const scale = this.facts.pose.scalePxPerCm;
    const { alongX, alongY, gapsCm } = opening;
    const line = down === 1 ? opening.upper : opening.lower;
    const mostCm = down === 1 ? UPPER_CM : LOWER_CM;
    const wideShare = down === 1 ? UPPER_WIDE_SHARE : LOWER_WIDE_SHARE;
    const dark = down === 1 ? UPPER_SHADES : LOWER_SHADES;
    const webbed = smoothstep(WEB_CM[0], WEB_CM[1], opening.openCm);
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      const gap = Math.max(0, gapsCm[column]!);
      const side = (2 * column) / LIP_COLUMNS - 1;
      const corner = Math.max(0, Math.abs(side) * 5 - 3) / 2;
      const beside = Math.max(0, gapsCm[column < LIP_COLUMNS / 2 ? 2 : LIP_COLUMNS - 2]!);
      // Down from the upper lip and up from the lower; from a corner towards the other.
      const web = corner * Math.min(CORNER_SHARE * beside, CORNER_CM + CORNER_WIDE_SHARE * beside) * scale;
      const into =
        Math.min(0.5 * gap * scale, Math.min(GAP_SHARE * gap, mostCm + wideShare * gap) * scale + 0.6 * web) + SLACK_PX;
      const dx = -alongY * down * into - Math.sign(side) * alongX * web;
      const dy = alongX * down * into - Math.sign(side) * alongY * web;
      // Skin and not lip lies beside the corners; inside it is in the cheek's shadow.
      const cheek = mix(1 - CHEEK_DARK * side * side, WEB_LIGHT, corner);
      // Lips that still touch show no inside: a dark strip would be a hard line.
      const turned = smoothstep(0.02, TURNED_CM, Math.max(gap, corner * beside));
      const point = inner[column]!;
      const beyond = outer[column]!;
      for (let row = 1; row <= 2; row++) {
        const out = OUTWARD[row]!;
        const u = mix(texels[point * 2]!, texels[beyond * 2]!, out);
        const v = mix(texels[point * 2 + 1]!, texels[beyond * 2 + 1]!, out);
        const x = line[column * 2]! + dx * INWARD[row]!;
        const y = line[column * 2 + 1]! + dy * INWARD[row]!;
        const vertex = first + (row - 1) * (LIP_COLUMNS + 1) + column;
        writer.put(
          vertex,
          x,
          y,
          u,
          v,
          shades[point]! * mix(1, dark[row]! * cheek, turned),
          ALPHAS[row]! * mix(1, webbed, corner),
        );
      }
    }
  }
}
