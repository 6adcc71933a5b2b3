import { describe, expect, it } from 'vitest';
import type { Appearance } from '../../../src/media/appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX, type ArkitShape } from '../../../src/media/motion-space.ts';
import { PartsAtlas } from '../../../src/media/portrait/parts-atlas.ts';
import type { HeadPose } from '../../../src/media/portrait/pose.ts';
import { smoothCheeks } from '../../../src/media/portrait/smooth-cheeks.ts';
import { ScenePlanner, VERTEX_FLOATS } from '../../../src/media/render/scene-plan.ts';
import { SmoothCheekLayer } from '../../../src/media/render/smooth-cheek-layer.ts';
import { VertexWriter } from '../../../src/media/render/vertex-writer.ts';

const SIZE = 220;
const PX_PER_CM = 16;
const SKIN = [200, 150, 120] as const;
/** Points of both folds and of the lips' outline, in pixels. */
const PLACES: Readonly<Record<number, readonly [number, number]>> = {
  ...{ 129: [88, 60], 206: [74, 84], 216: [66, 108], 212: [66, 128], 210: [70, 150] },
  ...{ 358: [132, 60], 426: [146, 84], 436: [154, 108], 432: [154, 128], 430: [150, 150] },
  ...{ 61: [86, 116], 291: [134, 116] },
};

function portrait(): { landmarks: Float32Array; pixels: Uint8Array } {
  const landmarks = new Float32Array(478 * 3);
  for (let point = 0; point < 478; point++) landmarks.set([110, 116], point * 3);
  for (const [point, place] of Object.entries(PLACES)) landmarks.set(place, Number(point) * 3);
  const pixels = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      // A dark line down each cheek.
      const dark = Math.abs(x - 68) < 2 || Math.abs(x - 152) < 2 ? 0.5 : 1;
      pixels.set([...SKIN.map((value) => value * dark), 255], (y * SIZE + x) * 4);
    }
  }
  return { landmarks, pixels };
}

function cheeks(smile: number, atlas: PartsAtlas): ReturnType<typeof smoothCheeks> {
  const { landmarks, pixels } = portrait();
  const pose = { pxPerCm: PX_PER_CM } as HeadPose;
  return smoothCheeks({ widthPx: SIZE, heightPx: SIZE, pixels }, [0, 0], landmarks, pose, smile, atlas);
}

describe('smoothCheeks()', () => {
  it('lays skin over the folds of a smile, and over nothing else', () => {
    const atlas = new PartsAtlas();
    const { right } = cheeks(1, atlas);
    const { pixels, widthPx } = atlas.finish();
    const at = (x: number, y: number): number[] => {
      const column = right.sprite.x + x - right.originPx[0];
      const from = ((right.sprite.y + y - right.originPx[1]) * widthPx + column) * 4;
      return [...pixels.subarray(from, from + 4)];
    };
    const [red = 0, , , alpha] = at(68, 110);
    expect(alpha).toBeGreaterThan(180);
    expect(red).toBeGreaterThan(0.85 * SKIN[0]);
    expect(at(56, 110)[3]).toBeLessThan(60);
  });

  it('leaves the folds of a face that does not smile', () => {
    const atlas = new PartsAtlas();
    expect(cheeks(0, atlas).strength).toBe(0);
    const { pixels } = atlas.finish();
    expect(Math.max(...pixels.filter((_, at) => at % 4 === 3))).toBeLessThan(230);
  });
});

describe('SmoothCheekLayer', () => {
  const atlas = new PartsAtlas();
  const smooth = cheeks(1, atlas);
  const parts = atlas.finish();

  function alphaOf(asked: Partial<Record<ArkitShape, number>>): number {
    const facts = { smooth, own: { smile: 0.6, frown: 0, brows: 0 }, faceVertexCount: 3 };
    const arrays = {
      faceTriangles: Uint16Array.of(0, 1, 2),
      vertexTexels: Float32Array.of(60, 100, 80, 100, 68, 120),
      vertexAlphas: Float32Array.of(1, 1, 1),
    };
    const planner = new ScenePlanner();
    const layer = new SmoothCheekLayer({ facts, arrays } as unknown as Appearance, planner, 0, parts, [1, 1]);
    const writer = new VertexWriter(1, [1, 1]);
    writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
    const weights = new Float32Array(ARKIT_DIMS);
    for (const [shape, value] of Object.entries(asked)) weights[MOTION_INDEX[shape as ArkitShape]] = value;
    layer.write(weights, new Float32Array(6), new Float32Array(3).fill(1), writer);
    return writer.vertices[5]!;
  }

  it('smooths the more of a smile is let go, and gives the folds back as it is asked for', () => {
    const rest = alphaOf({});
    expect(alphaOf({ mouthSmileRight: -0.6 })).toBeGreaterThan(rest + 0.3);
    expect(alphaOf({ mouthSmileRight: 0.5 })).toBe(0);
  });

  it('smooths the corners of rounded lips', () => {
    expect(alphaOf({ mouthPucker: 0.5 })).toBeGreaterThan(alphaOf({}) + 0.2);
  });
});
