import { describe, expect, it } from 'vitest';
import type { Appearance, AppearanceFacts, TeethFacts } from '../../../src/media/appearance.ts';
import { ARKIT_DIMS, MOTION_INDEX } from '../../../src/media/motion-space.ts';
import type { HeadSpace } from '../../../src/media/render/head-space.ts';
import { ChinRows } from '../../../src/media/render/chin-rows.ts';
import { JawCarriage } from '../../../src/media/render/jaw-carriage.ts';
import { unfoldLips } from '../../../src/media/render/lip-folds.ts';
import { LIP_COLUMNS, MouthOpening } from '../../../src/media/render/mouth-opening.ts';
import { roundMouth } from '../../../src/media/render/mouth-round.ts';
import { MouthVeil } from '../../../src/media/render/mouth-veil.ts';
import { ScenePlanner, VERTEX_FLOATS } from '../../../src/media/render/scene-plan.ts';
import { TeethLayer } from '../../../src/media/render/teeth-layer.ts';
import { VertexWriter } from '../../../src/media/render/vertex-writer.ts';

const SCALE = 20;
const PART = { x: 0, y: 0, width: 8, height: 8 };
const UPPER = Array.from({ length: LIP_COLUMNS + 1 }, (_, column) => column);
const LOWER = UPPER.map((column) => (column % LIP_COLUMNS === 0 ? column : column + LIP_COLUMNS + 1));
const FACTS = {
  pose: { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], scalePxPerCm: SCALE, translationPx: [0, 0, 0] },
  mouth: { upperInner: UPPER, lowerInner: LOWER },
} as unknown as AppearanceFacts;

/** A jaw that drops the lower lip by so many cm at 1, and the upper lip by 0.26. */
function rig(dropCm: number): Appearance {
  const shapeOffsets = new Uint32Array(ARKIT_DIMS + 1);
  shapeOffsets.fill(2, MOTION_INDEX.jawOpen + 1);
  const shapeVectors = Float32Array.of(0, -dropCm * SCALE, -0.5 * dropCm * SCALE, 0, -0.26 * SCALE, 0);
  const arrays = { shapeOffsets, shapeVertices: Uint16Array.of(LOWER[5]!, UPPER[5]!), shapeVectors };
  return { facts: FACTS, arrays } as unknown as Appearance;
}

/** Lips in an ellipse that is open by so much in its middle. */
function opened(gapCm: number, widthCm = 4): MouthOpening {
  const places = new Float32Array(2 * (2 * LIP_COLUMNS + 2));
  for (let column = 0; column <= LIP_COLUMNS; column++) {
    const along = (2 * column) / LIP_COLUMNS - 1;
    const half = (gapCm / 2) * SCALE * Math.sqrt(1 - along * along);
    places.set([(along * widthCm * SCALE) / 2, -half], UPPER[column]! * 2);
    places.set([(along * widthCm * SCALE) / 2, half], LOWER[column]! * 2);
  }
  const opening = new MouthOpening(FACTS);
  opening.update(places);
  return opening;
}

describe('JawCarriage', () => {
  it('moves teeth by what the lips do, whatever a coefficient of 1 means to the rig', () => {
    const drops = [1.2, 2.4].map((dropCm) => {
      const jaw = new JawCarriage(rig(dropCm));
      const weights = new Float32Array(ARKIT_DIMS);
      weights[MOTION_INDEX.jawOpen] = 0.6 / dropCm;
      jaw.update(weights);
      return jaw.dropCm;
    });
    expect(drops[0]).toBeCloseTo(0.6, 4);
    expect(drops[1]).toBeCloseTo(0.6, 4);
  });
});

describe('TeethLayer', () => {
  const line = (y: number): number[] =>
    Array.from({ length: 17 }, (_, column) => [column - 8, y, -0.2 * (column - 8) ** 2]).flat();
  const teeth: TeethFacts = { sprite: PART, rootCm: line(-1), edgeCm: line(0) };

  function heights(jawed: boolean, jawOpen: number): number[] {
    const space = {
      x: 0,
      y: 0,
      place(this: { x: number; y: number }, x: number, y: number) {
        [this.x, this.y] = [x, y];
      },
    } as unknown as HeadSpace;
    const planner = new ScenePlanner();
    const layer = new TeethLayer(teeth, 0, jawed, space, planner, 0);
    const jaw = new JawCarriage(rig(3.4));
    const weights = new Float32Array(ARKIT_DIMS);
    weights[MOTION_INDEX.jawOpen] = jawOpen;
    jaw.update(weights);
    const writer = new VertexWriter(1, [1, 1]);
    writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
    layer.write(jaw, opened(1), writer);
    return Array.from({ length: 17 }, (_, column) => writer.vertices[(34 + column) * VERTEX_FLOATS + 1]!);
  }

  it('lets the upper teeth come down with the upper lip, and no further', () => {
    const [before, after] = [heights(false, 0), heights(false, 1)];
    for (const column of [0, 8]) {
      const drop = before[column]! - after[column]!;
      expect(drop).toBeGreaterThan(0.2);
      expect(drop).toBeLessThan(0.3);
    }
  });

  it('shows nothing of an arch where it folds behind its own front', () => {
    const turn = Math.PI / 4;
    const turned = {
      x: 0,
      y: 0,
      place(this: { x: number; y: number }, x: number, y: number, z: number) {
        [this.x, this.y] = [x * Math.cos(turn) + z * Math.sin(turn), y];
      },
    } as unknown as HeadSpace;
    const planner = new ScenePlanner();
    const layer = new TeethLayer(teeth, 0, false, turned, planner, 0);
    const writer = new VertexWriter(1, [1, 1]);
    writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
    layer.write(new JawCarriage(rig(3.4)), opened(1), writer);
    const xs = Array.from({ length: 17 }, (_, column) => writer.vertices[column * VERTEX_FLOATS]!);
    for (let column = 9; column < 17; column++) expect(xs[column]).toBeGreaterThanOrEqual(xs[column - 1]!);
    expect(writer.vertices[16 * VERTEX_FLOATS + 5]).toBe(0);
    expect(writer.vertices[8 * VERTEX_FLOATS + 5]).toBeGreaterThan(0);
  });

  it('turns the lower teeth about the hinge: molars drop two thirds of what incisors do', () => {
    const [before, after] = [heights(true, 0), heights(true, 1)];
    const incisor = before[8]! - after[8]!;
    const molar = before[0]! - after[0]!;
    expect(incisor).toBeGreaterThan(2.9);
    expect(incisor).toBeLessThan(3.3);
    expect(molar / incisor).toBeGreaterThan(0.6);
    expect(molar / incisor).toBeLessThan(0.72);
  });
});

describe('MouthVeil', () => {
  /** How dark each vertex is, `[row][column]`. */
  function alphas(gapCm: number): number[][] {
    const planner = new ScenePlanner();
    const veil = new MouthVeil(PART, planner, 0);
    const writer = new VertexWriter(1, [1, 1]);
    writer.vertices = new Float32Array(planner.vertexCount * VERTEX_FLOATS);
    veil.write(opened(gapCm), writer);
    const columns = LIP_COLUMNS + 1;
    return Array.from({ length: planner.vertexCount / columns }, (_, row) =>
      Array.from({ length: columns }, (__, column) => writer.vertices[(row * columns + column) * VERTEX_FLOATS + 5]!),
    );
  }

  it('is darkest behind the upper lip and towards the corners', () => {
    const dark = alphas(1.2);
    expect(dark[0]![5]).toBeGreaterThan(dark[1]![5]!);
    expect(dark[1]![5]).toBeGreaterThan(dark[2]![5]!);
    expect(dark[2]![5]).toBeLessThan(0.3);
    for (let column = 1; column <= 5; column++) expect(dark[3]![column - 1]).toBeGreaterThan(dark[3]![column]!);
  });

  it('lets less light through narrow lips', () => {
    expect(alphas(0.15)[3]![5]).toBeGreaterThan(alphas(1.2)[3]![5]! + 0.2);
  });

  it('shows nothing through closed lips', () => {
    expect(Math.max(...alphas(0).flat())).toBe(0);
  });
});

describe('roundMouth()', () => {
  const POINTS = 8 * (LIP_COLUMNS + 1);
  /** Lips whose gap falls in straight lines from the middle to the corners, as shapes sum it. */
  function places(gapCm: number): Float32Array {
    const points = new Float32Array(2 * POINTS);
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      const gap = gapCm * (1 - Math.abs(column - 5) / 5);
      points.set([SCALE * (column - 5), -SCALE * (gap / 2)], column * 2);
      points.set([SCALE * (column - 5), SCALE * (gap / 2)], (11 + column) * 2);
    }
    return points;
  }
  const row = (first: number): number[] => UPPER.map((_, column) => 11 * first + column);
  const mouth = { upperInner: row(0), lowerInner: row(1), upperOuter: row(2), lowerOuter: row(3) };
  const facts = {
    ...FACTS,
    mouth: { ...mouth, upperRed: [...row(4), ...row(5)], lowerRed: [...row(6), ...row(7)] },
  } as unknown as AppearanceFacts;
  const gapAfter = (gapCm: number, pucker = 0): number[] => {
    const points = places(gapCm);
    const opening = new MouthOpening(facts);
    const weights = new Float32Array(ARKIT_DIMS);
    weights[MOTION_INDEX.mouthPucker] = pucker;
    opening.roundBy(weights);
    opening.update(points);
    roundMouth(facts, opening, points);
    opening.update(points);
    return Array.from(opening.gapsCm);
  };

  it('makes a triangle round: half-way to a corner the gap is nearly that of an ellipse', () => {
    const gaps = gapAfter(3);
    expect(gaps[5]).toBeCloseTo(3, 4);
    expect(gaps[3]! / 3).toBeGreaterThan(0.8);
    expect(gaps[1]! / 3).toBeGreaterThan(0.5);
    expect(gaps[0]).toBeCloseTo(0, 4);
  });

  it('leaves a narrow mouth alone, unless its lips are rounded', () => {
    expect(gapAfter(0.3)[3]).toBeCloseTo(0.18, 4);
    expect(gapAfter(0.5, 0.9)[3]).toBeGreaterThan(gapAfter(0.5)[3]! + 0.03);
  });
});

describe('roundMouth() on a pointed lower lip', () => {
  const points = 8 * (LIP_COLUMNS + 1);
  const row = (first: number): number[] => UPPER.map((_, column) => 11 * first + column);
  const mouth = { upperInner: row(0), lowerInner: row(1), upperOuter: row(2), lowerOuter: row(3) };
  const facts = {
    ...FACTS,
    mouth: { ...mouth, upperRed: [...row(4), ...row(5)], lowerRed: [...row(6), ...row(7)] },
  } as unknown as AppearanceFacts;

  /** How far the middle of the lip's border stands out under its neighbours, cm. */
  function point(pucker: number): number {
    const places = new Float32Array(2 * points);
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      const half = 0.3 * Math.sqrt(1 - ((column - 5) / 5) ** 2) * SCALE;
      const x = 0.4 * SCALE * (column - 5);
      places.set([x, -half], mouth.upperInner[column]! * 2);
      places.set([x, half], mouth.lowerInner[column]! * 2);
      places.set([x, half + (column === 5 ? 1.4 : 1) * SCALE], mouth.lowerOuter[column]! * 2);
    }
    const opening = new MouthOpening(facts);
    const weights = new Float32Array(ARKIT_DIMS);
    weights[MOTION_INDEX.mouthPucker] = pucker;
    opening.roundBy(weights);
    opening.update(places);
    roundMouth(facts, opening, places);
    const y = (column: number): number => places[mouth.lowerOuter[column]! * 2 + 1]!;
    return (y(5) - (y(4) + y(6)) / 2) / SCALE;
  }

  it('blunts it as lips are rounded', () => {
    expect(point(0.9)).toBeLessThan(0.5 * point(0));
  });
});

describe('ChinRows', () => {
  it('lets a lip that comes down push the skin under it, and leaves what has room', () => {
    const lowerOuter = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291];
    const vertexPositions = new Float32Array(478 * 3);
    const places = new Float32Array(478 * 2);
    const put = (point: number, y: number): void => {
      vertexPositions[point * 3 + 1] = -y;
      places[point * 2 + 1] = y;
    };
    for (const point of lowerOuter) put(point, 100);
    for (const point of [106, 182, 83, 18, 313, 406, 335]) put(point, 110);
    put(200, 125);
    const facts = { ...FACTS, mouth: { lowerOuter } } as unknown as AppearanceFacts;
    const chin = new ChinRows({ facts, arrays: { vertexPositions } } as unknown as Appearance);
    places[17 * 2 + 1] = 112;
    chin.unfold({ alongX: 1, alongY: 0 }, places);
    expect(places[18 * 2 + 1]).toBeGreaterThan(112 + 4);
    expect(places[200 * 2 + 1]).toBeGreaterThan(126);
    expect(places[83 * 2 + 1]).toBe(110);
  });
});

describe('unfoldLips()', () => {
  it('keeps the red of a lip outside the mouth, and leaves alone what is outside', () => {
    const opening = opened(1);
    const points = 4 * (LIP_COLUMNS + 1);
    const places = new Float32Array(2 * points);
    const line = (first: number): number[] => UPPER.map((column) => first + column);
    const facts = {
      ...FACTS,
      mouth: { upperRed: [...line(0), ...line(11)], lowerRed: [...line(22), ...line(33)] },
    } as unknown as AppearanceFacts;
    for (let column = 0; column <= LIP_COLUMNS; column++) {
      for (const [row, y] of [
        [0, opening.upper[column * 2 + 1]! + 3],
        [1, opening.upper[column * 2 + 1]! - 8],
        [2, opening.lower[column * 2 + 1]! - 3],
        [3, opening.lower[column * 2 + 1]! + 8],
      ] as const) {
        places.set([opening.upper[column * 2]!, y], (row * 11 + column) * 2);
      }
    }
    const before = places.slice();
    unfoldLips(facts, opening, places);
    for (let column = 1; column < LIP_COLUMNS; column++) {
      const y = (row: number): number => places[(row * 11 + column) * 2 + 1]!;
      expect(y(0)).toBeLessThan(opening.upper[column * 2 + 1]!);
      expect(y(2)).toBeGreaterThan(opening.lower[column * 2 + 1]!);
      for (const row of [1, 3]) expect(y(row)).toBe(before[(row * 11 + column) * 2 + 1]);
    }
  });
});
