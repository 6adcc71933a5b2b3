import { AvatarError } from '../../base/errors.ts';
import type { AppearanceFacts, RgbaImage } from '../appearance.ts';

/** No length, place or factor of an appearance is larger; beyond it arithmetic on pixels would overflow. */
const MOST = 1e5;
const LARGEST_SIDE_PX = 1024;
const MOST_VERTICES = 65_535;

/** What stands at a place of the facts: a number, so many of them, so many vertices, or a rectangle of the sprites. */
type Kind =
  | 'number'
  | 'part'
  | { readonly numbers: number }
  | { readonly vertices: number }
  | { readonly optional: FactShape }
  | FactShape;
interface FactShape {
  readonly [name: string]: Kind;
}

const EYE: FactShape = {
  upperLid: { vertices: 9 },
  lowerLid: { vertices: 9 },
  upperSecond: { vertices: 9 },
  lidTop: { vertices: 9 },
  irisPx: { numbers: 2 },
  irisRadiusPx: 'number',
  depthPx: 'number',
  scleraOriginPx: { numbers: 2 },
  sclera: 'part',
  iris: 'part',
  catchLight: 'part',
  catchLightPx: { numbers: 2 },
  lidSkin: 'part',
  lash: 'part',
  lashCm: { numbers: 2 },
};
const SMOOTH_CHEEK: FactShape = { sprite: 'part', originPx: { numbers: 2 } };
const TEETH: FactShape = { sprite: 'part', rootCm: { numbers: 51 }, edgeCm: { numbers: 51 } };
const FACTS: FactShape = {
  pose: { rotation: { numbers: 9 }, scalePxPerCm: 'number', translationPx: { numbers: 3 } },
  turnDeg: { yaw: 'number', pitch: 'number', roll: 'number' },
  turnGain: { left: 'number', right: 'number', up: 'number', down: 'number' },
  faceOriginPx: { numbers: 2 },
  hairOriginPx: { numbers: 2 },
  centrePx: { numbers: 2 },
  light: { numbers: 3 },
  eyes: { right: EYE, left: EYE },
  mouth: {
    upperInner: { vertices: 11 },
    lowerInner: { vertices: 11 },
    upperOuter: { vertices: 11 },
    lowerOuter: { vertices: 11 },
    upperRed: { vertices: 22 },
    lowerRed: { vertices: 22 },
    upperTeeth: TEETH,
    lowerTeeth: TEETH,
    tongue: 'part',
    lipsCm: { numbers: 3 },
    archHalfWidthCm: 'number',
    tilt: 'number',
    seamShade: 'number',
    seam: 'part',
    seamHalfCm: 'number',
    seamPast: 'number',
    cavity: 'part',
    shade: 'part',
  },
  white: 'part',
  black: 'part',
  browFreedom: 'number',
  creases: 'number',
  own: { smile: 'number', frown: 'number', brows: 'number' },
  smooth: { optional: { right: SMOOTH_CHEEK, left: SMOOTH_CHEEK, strength: 'number' } },
  skin: { numbers: 3 },
};

/**
 * @param bytes - JSON. @param parts - the sprites that rectangles must lie in.
 * @throws AvatarError `AVATAR_CORRUPT` when anything is missing, is of another kind, or lies where it cannot be drawn.
 */
export function readFacts(bytes: Uint8Array, parts: RgbaImage): AppearanceFacts {
  let facts: unknown;
  try {
    facts = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw corrupt('its facts are no JSON', thrown);
  }
  expect(isRecord(facts), 'its facts are no object');
  const { sizePx, vertexCount, faceVertexCount, hairVertexStart } = facts;
  expect(isCount(sizePx, LARGEST_SIDE_PX) && sizePx >= 64, `it is ${String(sizePx)} pixels a side`);
  expect(isCount(vertexCount, MOST_VERTICES), `it has ${String(vertexCount)} vertices`);
  expect(isCount(hairVertexStart, vertexCount), 'its hair does not follow its body');
  expect(isCount(faceVertexCount, hairVertexStart), 'its body does not follow its face');
  checkShape(facts, FACTS, { parts, vertexCount }, 'facts');
  return facts as unknown as AppearanceFacts;
}

interface Limits {
  readonly parts: RgbaImage;
  readonly vertexCount: number;
}

function checkShape(value: unknown, shape: FactShape, limits: Limits, name: string): void {
  expect(isRecord(value), `it has no ${name}`);
  for (const [key, kind] of Object.entries(shape)) checkFact(value[key], kind, limits, key);
}

function checkFact(value: unknown, kind: Kind, limits: Limits, name: string): void {
  if (kind === 'number') expect(isBounded(value), `${name} is ${String(value)}`);
  else if (kind === 'part') checkPart(value, limits.parts, name);
  else if (isList(kind, 'numbers')) {
    expect(Array.isArray(value) && value.length === kind.numbers && value.every(isBounded), `${name} is no list`);
  } else if (isList(kind, 'vertices')) {
    const most = limits.vertexCount - 1;
    const named = Array.isArray(value) && value.length === kind.vertices && value.every((item) => isCount(item, most));
    expect(named, `${name} names a vertex that is not there`);
  } else if (isOptional(kind)) {
    if (value !== undefined) checkShape(value, kind.optional, limits, name);
  } else checkShape(value, kind, limits, name);
}

function checkPart(value: unknown, { widthPx, heightPx }: RgbaImage, name: string): void {
  expect(isRecord(value), `it has no ${name}`);
  const { x, y, width, height } = value;
  const inside =
    isCount(x, widthPx) && isCount(width, widthPx - x) && isCount(y, heightPx) && isCount(height, heightPx - y);
  expect(inside, `${name} lies outside the sprites`);
}

function isList<K extends 'numbers' | 'vertices'>(kind: Kind, key: K): kind is Kind & Readonly<Record<K, number>> {
  return typeof kind === 'object' && typeof kind[key as keyof typeof kind] === 'number';
}

function isOptional(kind: Kind): kind is { readonly optional: FactShape } {
  return typeof kind === 'object' && typeof kind['optional' as keyof typeof kind] === 'object';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBounded(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MOST;
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function expect(condition: boolean, found: string): asserts condition {
  if (!condition) throw corrupt(found);
}

function corrupt(found: string, cause?: unknown): AvatarError {
  return new AvatarError('AVATAR_CORRUPT', `Cannot read the appearance: ${found}; enrol the portrait again`, { cause });
}
