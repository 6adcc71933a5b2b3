import { AvatarError } from '../../base/errors.ts';
import type { Appearance, AppearanceArrays, AppearanceFacts, RgbaImage } from '../appearance.ts';
import { ARKIT_DIMS } from '../motion-space.ts';
import type { ArrayType, AvatarSection, AvatarSections, SectionArrays } from './avatar-section.ts';

/** The arrays of an appearance as an avatar file keeps them: type, and values for each vertex where that is fixed. */
const ARRAYS = {
  vertexPositions: { type: 'float32', perVertex: 3 },
  vertexTexels: { type: 'float32', perVertex: 2 },
  vertexAlphas: { type: 'float32', perVertex: 1 },
  vertexHeadWeights: { type: 'float32', perVertex: 1 },
  vertexFreedoms: { type: 'float32', perVertex: 1 },
  vertexNormals: { type: 'float32', perVertex: 3 },
  faceTriangles: { type: 'uint16', perVertex: 0 },
  bodyTriangles: { type: 'uint16', perVertex: 0 },
  shapeOffsets: { type: 'uint32', perVertex: 0 },
  shapeVertices: { type: 'uint16', perVertex: 0 },
  shapeVectors: { type: 'float32', perVertex: 0 },
} as const satisfies Record<keyof AppearanceArrays, { type: ArrayType; perVertex: number }>;

const NAMES = Object.keys(ARRAYS) as (keyof AppearanceArrays)[];
const FACTS = 'appearance.facts';
const PREFIX = 'appearance.';

/** @returns facts and arrays as sections of an avatar file; pictures are compressed elsewhere. */
export function appearanceSections({
  facts,
  arrays,
}: Pick<Appearance, 'facts' | 'arrays'>): Map<string, AvatarSection> {
  const json = new TextEncoder().encode(JSON.stringify(facts));
  const sections = new Map<string, AvatarSection>([[FACTS, { type: 'uint8', shape: [json.length], values: json }]]);
  for (const name of NAMES) {
    const values = arrays[name];
    sections.set(PREFIX + name, { type: ARRAYS[name].type, shape: [values.length], values } as AvatarSection);
  }
  return sections;
}

/**
 * @param images - decoded; every rectangle and texel that the facts name must lie inside them.
 * @throws AvatarError `AVATAR_CORRUPT` when anything would lead a rasteriser outside of its memory.
 */
export function appearanceOfSections(sections: AvatarSections, images: Appearance['images']): Appearance {
  const facts = factsOf(section(sections, FACTS, 'uint8'));
  const arrays = Object.fromEntries(
    NAMES.map((name) => [name, section(sections, PREFIX + name, ARRAYS[name].type)]),
  ) as unknown as AppearanceArrays;
  checkArrays(facts, arrays);
  checkFacts(facts, images.parts, facts.vertexCount, 'facts');
  for (const name of ['plate', 'body'] as const) {
    const { widthPx, heightPx } = images[name];
    expect(widthPx === facts.sizePx && heightPx === facts.sizePx, `layer ${name} is ${widthPx}x${heightPx}`);
  }
  return { facts, arrays, images };
}

function factsOf(bytes: Uint8Array): AppearanceFacts {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw corrupt('its facts are no JSON', thrown);
  }
  expect(isRecord(json), 'its facts are no object');
  const { sizePx, vertexCount, faceVertexCount, eyes, mouth, pose } = json;
  expect(isCount(sizePx) && sizePx >= 64 && sizePx <= 1024, `it is ${String(sizePx)} pixels a side`);
  expect(isCount(vertexCount) && vertexCount <= 65_535, `it has ${String(vertexCount)} vertices`);
  expect(isCount(faceVertexCount) && faceVertexCount <= vertexCount, 'it has more face than vertices');
  expect(isRecord(eyes) && isRecord(eyes['right']) && isRecord(eyes['left']), 'it has no eyes');
  expect(isRecord(mouth) && isRecord(pose), 'it has no mouth or no pose');
  return json as unknown as AppearanceFacts;
}

function checkArrays({ vertexCount }: AppearanceFacts, arrays: AppearanceArrays): void {
  for (const name of NAMES) {
    const { type, perVertex } = ARRAYS[name];
    const values = arrays[name];
    expect(perVertex === 0 || values.length === perVertex * vertexCount, `${name} has ${values.length} values`);
    expect(type !== 'float32' || values.every(Number.isFinite), `${name} has a value that is no number`);
  }
  for (const name of ['faceTriangles', 'bodyTriangles', 'shapeVertices'] as const) {
    expect(
      arrays[name].every((vertex) => vertex < vertexCount),
      `${name} names a vertex that is not there`,
    );
  }
  const { bodyTriangles, faceTriangles, shapeOffsets, shapeVectors, shapeVertices } = arrays;
  expect(faceTriangles.length % 3 === 0 && bodyTriangles.length % 3 === 0, 'a triangle has no three corners');
  const rising = shapeOffsets.every((offset, index) => index === 0 || offset >= (shapeOffsets[index - 1] ?? 0));
  expect(rising && shapeOffsets.length === ARKIT_DIMS + 1, 'its shapes are out of order');
  expect(shapeOffsets[0] === 0 && shapeOffsets[ARKIT_DIMS] === shapeVertices.length, 'its shapes do not add up');
  expect(shapeVectors.length === 3 * shapeVertices.length, 'its shapes have no direction');
}

const VERTEX_LISTS = new Set(['upperLid', 'lowerLid', 'upperInner', 'lowerInner']);

/** Walks all facts: numbers are finite, rectangles lie inside the sprites, lists of vertices name vertices. */
function checkFacts(value: unknown, parts: RgbaImage, vertexCount: number, name: string): void {
  if (typeof value === 'number') expect(Number.isFinite(value), `${name} is no number`);
  if (Array.isArray(value)) {
    const isList = VERTEX_LISTS.has(name);
    for (const item of value) {
      expect(!isList || (isCount(item) && item < vertexCount), `${name} names a vertex that is not there`);
      checkFacts(item, parts, vertexCount, name);
    }
  } else if (isRecord(value)) {
    const { x, y, width, height } = value;
    if (width !== undefined && height !== undefined) {
      const counted = isCount(x) && isCount(y) && isCount(width) && isCount(height);
      expect(counted && x + width <= parts.widthPx && y + height <= parts.heightPx, `${name} lies outside the sprites`);
    }
    for (const [key, inner] of Object.entries(value)) checkFacts(inner, parts, vertexCount, key);
  }
}

function section<T extends ArrayType>(sections: AvatarSections, name: string, type: T): SectionArrays[T] {
  const found = sections.get(name);
  if (found?.type !== type) throw corrupt(`it has no ${name}`);
  return found.values as SectionArrays[T];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function expect(condition: boolean, found: string): asserts condition {
  if (!condition) throw corrupt(found);
}

function corrupt(found: string, cause?: unknown): AvatarError {
  return new AvatarError('AVATAR_CORRUPT', `Cannot read the appearance: ${found}; enrol the portrait again`, { cause });
}
