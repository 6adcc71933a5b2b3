import { beforeAll, describe, expect, it } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { Appearance } from '../../../src/media/appearance.ts';
import type { FaceDecoder } from '../../../src/media/face-codec.ts';
import { ARKIT_DIMS, MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import type { PortraitAnalysis } from '../../../src/media/portrait/analysis.ts';
import { buildAppearance } from '../../../src/media/portrait/build-appearance.ts';
import { LEFT_EYE, RIGHT_EYE, type EyePoints } from '../../../src/media/portrait/topology.ts';
import { Deformer } from '../../../src/media/render/deformer.ts';
import { HeadMotion } from '../../../src/media/render/head-motion.ts';
import { LidLayer } from '../../../src/media/render/lid-layer.ts';
import { closeLids } from '../../../src/media/render/lid-seam.ts';
import { ScenePlanner, VERTEX_FLOATS } from '../../../src/media/render/scene-plan.ts';
import { shapeWeights } from '../../../src/media/render/shape-weights.ts';
import { VertexWriter } from '../../../src/media/render/vertex-writer.ts';
import { PortraitAnalyser } from '../../../src/native/model/portrait-analyser.ts';
import { MeshCodec } from '../../../src/native/raster/mesh-codec.ts';
import { shutLidColours } from '../../../src/server/evaluate/lid-colour.ts';
import {
  astronautPng,
  drawnFacePng,
  drawnFaceSvg,
  photoWithDarkSkin,
  pngOfSvg,
  withDarkSkin,
} from '../../support/portraits.ts';

const SIZE_PX = 512;
const NAMES = ['photo', 'drawing', 'photo with dark skin', 'drawing with dark skin'] as const;
type Motion = Partial<Record<MotionChannel, number>>;

interface Portrait {
  readonly analysis: PortraitAnalysis;
  readonly appearance: Appearance;
  /** Of the drawn picture. */
  readonly landmarks: Float32Array;
  readonly pxPerCm: number;
}

const portraits = new Map<string, Portrait>();

beforeAll(async () => {
  const photo = await astronautPng();
  const pictures = [
    photo,
    await drawnFacePng(),
    await photoWithDarkSkin(photo),
    await pngOfSvg(withDarkSkin(await drawnFaceSvg())),
  ];
  const analyser = await PortraitAnalyser.open();
  for (const [index, picture] of pictures.entries()) {
    const analysis = await analyser.analyse(picture);
    const scale = SIZE_PX / analysis.sizePx;
    portraits.set(NAMES[index] ?? '', {
      analysis,
      appearance: buildAppearance(analysis),
      landmarks: analysis.landmarks.map((value) => value * scale),
      pxPerCm: analysis.pose.pxPerCm * scale,
    });
  }
  await analyser.close();
}, 120_000);

function portraitOf(name: string): Portrait {
  const portrait = portraits.get(name);
  if (portrait === undefined) throw new Error(`there is no ${name}`);
  return portrait;
}

function decoderOf({ appearance }: Portrait): FaceDecoder {
  return new MeshCodec().preview(appearance, { sizePx: SIZE_PX, background: 'portrait', badge: false, seed: 1 });
}

function frameOf(motion: Motion): Float32Array {
  const frame = restMotion();
  for (const [channel, value] of Object.entries(motion)) frame[MOTION_INDEX[channel as MotionChannel]] = value;
  return frame;
}

const both = (shape: 'eyeBlink' | 'eyeLookDown' | 'eyeSquint' | 'eyeWide' | 'mouthSmile', value: number): Motion => ({
  [`${shape}Left`]: value,
  [`${shape}Right`]: value,
});

/** Where the vertices of the face are drawn, lids brought together. */
function placesOf({ appearance }: Portrait, motion: Motion): Deformer {
  const frame = frameOf(motion);
  const weights = new Float32Array(ARKIT_DIMS);
  shapeWeights(frame, appearance.facts.browFreedom, weights);
  const head = new HeadMotion(appearance.facts, 1);
  head.update(frame, 0);
  const deformer = new Deformer(appearance);
  deformer.update(weights);
  deformer.place(head);
  closeLids(appearance.facts, weights, deformer.places);
  return deformer;
}

/** How far apart the lids are, seen along the line from corner to corner turned upright, in cm; below 0 they overlap. */
function gapsOf(portrait: Portrait, motion: Motion): number[] {
  const { facts } = portrait.appearance;
  const { places } = placesOf(portrait, motion);
  return [facts.eyes.right, facts.eyes.left].flatMap(({ lowerLid, upperLid }) => {
    const [from = 0, to = 0] = [upperLid[0], upperLid[8]];
    const [dx, dy] = [places[to * 2]! - places[from * 2]!, places[to * 2 + 1]! - places[from * 2 + 1]!];
    const sign = Math.sign(dx) / Math.hypot(dx, dy);
    return upperLid.slice(1, 8).map((upper, index) => {
      const lower = lowerLid[index + 1]!;
      const x = places[lower * 2]! - places[upper * 2]!;
      const y = places[lower * 2 + 1]! - places[upper * 2 + 1]!;
      return ((y * dx - x * dy) * sign) / facts.pose.scalePxPerCm;
    });
  });
}

describe.each(NAMES)('lids of a %s', (name) => {
  it('meet all along in a blink, whatever else the face does', () => {
    for (const motion of [
      {},
      both('eyeSquint', 1),
      both('eyeWide', 1),
      both('eyeLookDown', 1),
      both('mouthSmile', 1),
      { headYaw: 15, headPitch: -10, headRoll: 10 },
      { ...both('eyeSquint', 1), ...both('mouthSmile', 1), cheekSquintLeft: 1, cheekSquintRight: 1 },
    ]) {
      for (const gap of gapsOf(portraitOf(name), { ...motion, ...both('eyeBlink', 1) })) {
        expect(gap, JSON.stringify(motion)).toBeLessThan(0);
        expect(gap, JSON.stringify(motion)).toBeGreaterThan(-0.12);
      }
    }
  });

  it('come down evenly with the coefficient', () => {
    const portrait = portraitOf(name);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const gaps = [0, 0.25, 0.5, 0.75, 1].map((blink) => mean(gapsOf(portrait, both('eyeBlink', blink))));
    for (const [index, share] of [0.75, 0.5, 0.25].entries()) {
      expect(gaps[index + 1]! / gaps[0]!).toBeGreaterThan(share - 0.16);
      expect(gaps[index + 1]! / gaps[0]!).toBeLessThan(share + 0.1);
    }
  });

  it('have the colour of the skin around the eye when shut', () => {
    const portrait = portraitOf(name);
    const decoder = decoderOf(portrait);
    for (const { difference } of shutLidColours(decoder, portrait.landmarks)) expect(difference).toBeLessThan(5);
    decoder.close();
  });

  it('meet in a line that is nowhere darker and thicker than the open lashes are', () => {
    const portrait = portraitOf(name);
    const decoder = decoderOf(portrait);
    const draw = (motion: Motion): Uint8Array => {
      const rgba = new Uint8Array(SIZE_PX * SIZE_PX * 4);
      decoder.drawRgba(frameOf(motion), mediaTimeUs(0), rgba);
      return rgba;
    };
    const [open, shut] = [draw({}), draw(both('eyeBlink', 1))];
    decoder.close();
    for (const eye of [RIGHT_EYE, LEFT_EYE]) {
      const own = lineOf(open, portrait, eye, { from: -0.25, to: 0.06, seam: 0 });
      const line = lineOf(shut, portrait, eye, { from: -0.3, to: 0.3, seam: 0.92 });
      expect(line.darkest, 'luma of the darkest column').toBeGreaterThan(own.darkest - 6);
      for (const limit of [0.5, 0.7]) {
        const dark = own.skin - limit * (own.skin - own.darkest);
        expect(line.thicknessCm(dark), `thickness at ${limit}`).toBeLessThan(own.thicknessCm(dark) + 0.02);
      }
    }
  });

  it.each([0.25, 0.5, 0.75])('end in a smooth arc at %f', (blink) => {
    const { appearance } = portraitOf(name);
    for (const side of ['Right', 'Left'] as const) {
      for (const turn of turnsDeg(lidEdge(portraitOf(name), appearance, side, blink))) expect(turn).toBeLessThan(16);
    }
  });
});

interface Line {
  /** Luma of the skin below, and the darkest along the line (the mean of its columns' darkest). */
  readonly skin: number;
  readonly darkest: number;
  /** Mean over the columns of how much is darker than a luma. */
  thicknessCm(luma: number): number;
}

/** Looks across the lids at `seam` (0 the open upper edge, 1 the lower) from `from` to `to` cm below it. */
function lineOf(
  rgba: Uint8Array,
  { landmarks, pxPerCm }: Portrait,
  eye: EyePoints,
  { from, to, seam }: { readonly from: number; readonly to: number; readonly seam: number },
): Line {
  const at = (point: number, axis: number): number => landmarks[point * 3 + axis]!;
  const luma = (x: number, y: number): number => {
    const pixel = (Math.floor(y) * SIZE_PX + Math.floor(x)) * 4;
    return 0.299 * rgba[pixel]! + 0.587 * rgba[pixel + 1]! + 0.114 * rgba[pixel + 2]!;
  };
  const columns: number[][] = [];
  for (let place = 1.5; place <= 6.5; place += 0.25) {
    const [low, share] = [Math.floor(place), place % 1];
    const along = (points: readonly number[], axis: number): number =>
      at(points[low]!, axis) * (1 - share) + at(points[low + 1]!, axis) * share;
    const x = along(eye.upper, 0) * (1 - seam) + along(eye.lower, 0) * seam;
    const y = along(eye.upper, 1) * (1 - seam) + along(eye.lower, 1) * seam;
    columns.push(Array.from({ length: 25 }, (_, step) => luma(x, y + (from + ((to - from) * step) / 24) * pxPerCm)));
  }
  const cheek = [3, 4, 5].map((row) => luma(at(eye.lowerThird[row]!, 0), at(eye.lowerThird[row]!, 1)));
  const stepCm = (to - from) / 24;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    skin: mean(cheek),
    darkest: mean(columns.map((column) => Math.min(...column))),
    thicknessCm: (limit) => mean(columns.map((column) => stepCm * column.filter((value) => value < limit).length)),
  };
}

/** @returns the edge of the lid's skin as it is drawn, from corner to corner, pixels. */
function lidEdge(
  portrait: Portrait,
  appearance: Appearance,
  side: 'Left' | 'Right',
  blink: number,
): [number, number][] {
  const planner = new ScenePlanner();
  const layer = new LidLayer(appearance, side, planner, 0);
  const writer = new VertexWriter(1, [1, 1]);
  writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
  layer.write(placesOf(portrait, both('eyeBlink', blink)), writer);
  const { eyes } = appearance.facts;
  const [from, to] = [0, 8].map((row) => (side === 'Left' ? eyes.left : eyes.right).upperLid[row]!) as [number, number];
  const { places } = placesOf(portrait, both('eyeBlink', blink));
  const [left, right] = [places[from * 2]!, places[to * 2]!].sort((a, b) => a - b) as [number, number];
  // The last row of the skin with alpha 1 and the one without any lie to either side of the edge.
  const columns = 19;
  const points: [number, number][] = [];
  for (let column = 0; column < columns; column++) {
    const at = (row: number, axis: number): number => writer.vertices[(row * columns + column) * VERTEX_FLOATS + axis]!;
    const point: [number, number] = [(at(4, 0) + at(5, 0)) / 2, (at(4, 1) + at(5, 1)) / 2];
    if (point[0] > left + 3 && point[0] < right - 3) points.push(point);
  }
  expect(points.length).toBeGreaterThan(8);
  return points;
}

/** @returns by how much a line turns at each of its points, degrees. */
function turnsDeg(points: readonly (readonly [number, number])[]): number[] {
  return points.slice(1, -1).map(([x, y], index) => {
    const [px, py] = points[index]!;
    const [nx, ny] = points[index + 2]!;
    const turn = Math.atan2(ny - y, nx - x) - Math.atan2(y - py, x - px);
    return Math.abs((Math.atan2(Math.sin(turn), Math.cos(turn)) * 180) / Math.PI);
  });
}
