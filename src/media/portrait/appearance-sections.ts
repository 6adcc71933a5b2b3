import { AvatarError } from '../../base/errors.ts';
import type { Appearance, AppearanceArrays, AppearanceFacts } from '../appearance.ts';
import { ARKIT_DIMS } from '../motion-space.ts';
import { readFacts } from './appearance-facts.ts';
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
  hairTriangles: { type: 'uint16', perVertex: 0 },
  backHairTriangles: { type: 'uint16', perVertex: 0 },
  shapeOffsets: { type: 'uint32', perVertex: 0 },
  shapeVertices: { type: 'uint16', perVertex: 0 },
  shapeVectors: { type: 'float32', perVertex: 0 },
} as const satisfies Record<keyof AppearanceArrays, { type: ArrayType; perVertex: number }>;

const NAMES = Object.keys(ARRAYS) as (keyof AppearanceArrays)[];
const FACTS = 'appearance.facts';
const LEAST_SIDE_PX = 8;
/** No place, texel or direction lies further out; beyond it arithmetic on pixels would overflow. */
const MOST = 1e5;
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
  const facts = readFacts(section(sections, FACTS, 'uint8'), images.parts);
  const arrays = Object.fromEntries(
    NAMES.map((name) => [name, section(sections, PREFIX + name, ARRAYS[name].type)]),
  ) as unknown as AppearanceArrays;
  checkArrays(facts, arrays);
  for (const [name, { widthPx, heightPx }] of Object.entries(images)) {
    // Sampling reads two texels at a time, also of a layer drawn at a third of its size.
    expect(widthPx >= LEAST_SIDE_PX && heightPx >= LEAST_SIDE_PX, `layer ${name} is ${widthPx}x${heightPx}`);
  }
  for (const name of ['plate', 'body'] as const) {
    const { widthPx, heightPx } = images[name];
    expect(widthPx === facts.sizePx && heightPx === facts.sizePx, `layer ${name} is ${widthPx}x${heightPx}`);
  }
  return { facts, arrays, images };
}

function checkArrays({ vertexCount }: AppearanceFacts, arrays: AppearanceArrays): void {
  for (const name of NAMES) {
    const { type, perVertex } = ARRAYS[name];
    const values = arrays[name];
    expect(perVertex === 0 || values.length === perVertex * vertexCount, `${name} has ${values.length} values`);
    const bounded = type !== 'float32' || values.every((value) => Math.abs(value) <= MOST);
    expect(bounded, `${name} has a value that is no length`);
  }
  const triangles = ['faceTriangles', 'bodyTriangles', 'hairTriangles', 'backHairTriangles'] as const;
  for (const name of [...triangles, 'shapeVertices'] as const) {
    expect(
      arrays[name].every((vertex) => vertex < vertexCount),
      `${name} names a vertex that is not there`,
    );
  }
  const { shapeOffsets, shapeVectors, shapeVertices } = arrays;
  const wholes = triangles.every((name) => arrays[name].length % 3 === 0);
  expect(wholes, 'a triangle has no three corners');
  const rising = shapeOffsets.every((offset, index) => index === 0 || offset >= (shapeOffsets[index - 1] ?? 0));
  expect(rising && shapeOffsets.length === ARKIT_DIMS + 1, 'its shapes are out of order');
  expect(shapeOffsets[0] === 0 && shapeOffsets[ARKIT_DIMS] === shapeVertices.length, 'its shapes do not add up');
  expect(shapeVectors.length === 3 * shapeVertices.length, 'its shapes have no direction');
}

function section<T extends ArrayType>(sections: AvatarSections, name: string, type: T): SectionArrays[T] {
  const found = sections.get(name);
  if (found?.type !== type) throw corrupt(`it has no ${name}`);
  return found.values as SectionArrays[T];
}

function expect(condition: boolean, found: string): asserts condition {
  if (!condition) throw corrupt(found);
}

function corrupt(found: string, cause?: unknown): AvatarError {
  return new AvatarError('AVATAR_CORRUPT', `Cannot read the appearance: ${found}; enrol the portrait again`, { cause });
}
