import { AvatarError } from '../../base/errors.ts';
import { FACE_POINT_COUNT } from './landmark-groups.ts';

/** The average face that the landmarks are numbered on. */
export interface CanonicalFace {
  /** `[468, 3]` centimetres: x to the right of the picture, y up, z to the viewer. */
  readonly positions: Float32Array;
  /** `[468, 2]` texture coordinates, 0..1. */
  readonly uv: Float32Array;
  /** `[898, 3]` vertex numbers; eyes and mouth are filled. */
  readonly triangles: Uint16Array;
  /** `[468]` weights of the points that hold still when a face talks, for pose; most are 0. */
  readonly poseWeights: Float32Array;
}

/**
 * Reads the geometry metadata of the landmark package: a protobuf message with a mesh (field 1: vertex buffer of
 * x, y, z, u, v in field 3, indices in field 4) and weighted landmark numbers (field 2).
 * @throws AvatarError `BUNDLE_FOREIGN` when the bytes are anything else.
 */
export function parseCanonicalFace(bytes: Uint8Array): CanonicalFace {
  const vertices: number[] = [];
  const indices: number[] = [];
  const poseWeights = new Float32Array(FACE_POINT_COUNT);
  for (const field of messageFields(bytes)) {
    if (field.number === 1) {
      for (const inner of messageFields(field.bytes)) {
        if (inner.number === 3) vertices.push(...floatsOf(inner));
        if (inner.number === 4) indices.push(...varintsOf(inner));
      }
    }
    if (field.number === 2) {
      let landmark = 0;
      let weight = 0;
      for (const inner of messageFields(field.bytes)) {
        if (inner.number === 1) landmark = inner.value;
        if (inner.number === 2) weight = floatsOf(inner)[0] ?? 0;
      }
      poseWeights[landmark] = weight;
    }
  }
  const highest = indices.reduce((high, index) => Math.max(high, index), 0);
  if (vertices.length !== FACE_POINT_COUNT * 5 || indices.length % 3 !== 0 || highest >= FACE_POINT_COUNT) {
    throw foreign(`${vertices.length} vertex values and ${indices.length} indices`);
  }
  const positions = new Float32Array(FACE_POINT_COUNT * 3);
  const uv = new Float32Array(FACE_POINT_COUNT * 2);
  for (let point = 0; point < FACE_POINT_COUNT; point++) {
    for (let axis = 0; axis < 3; axis++) positions[3 * point + axis] = vertices[5 * point + axis]!;
    for (let axis = 0; axis < 2; axis++) uv[2 * point + axis] = vertices[5 * point + 3 + axis]!;
  }
  return { positions, uv, triangles: Uint16Array.from(indices), poseWeights };
}

interface MessageField {
  readonly number: number;
  /** Of a varint field. */
  readonly value: number;
  /** Of a length-delimited or 32-bit field. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

function* messageFields(bytes: Uint8Array): Generator<MessageField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    at = tag.next;
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (wireType === 0) {
      const { value, next } = readVarint(bytes, at);
      at = next;
      yield { number, value, bytes: NO_BYTES };
    } else if (wireType === 2 || wireType === 5) {
      const length = wireType === 5 ? { value: 4, next: at } : readVarint(bytes, at);
      at = length.next + length.value;
      if (at > bytes.length) throw foreign('a field that reaches past the end');
      yield { number, value: 0, bytes: bytes.subarray(length.next, at) };
    } else {
      throw foreign(`wire type ${wireType}`);
    }
  }
}

function readVarint(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length && at < start + 7; at++, scale *= 128) {
    const byte = bytes[at]!;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, next: at + 1 };
  }
  throw foreign('an unfinished number');
}

function floatsOf({ bytes }: MessageField): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength >> 2 }, (_, index) => view.getFloat32(4 * index, true));
}

function varintsOf(field: MessageField): number[] {
  if (field.bytes.length === 0) return [field.value];
  const values: number[] = [];
  for (let at = 0; at < field.bytes.length;) {
    const { value, next } = readVarint(field.bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

function foreign(found: string): AvatarError {
  return new AvatarError('BUNDLE_FOREIGN', `Cannot read the canonical face: found ${found}, expected 468 points`);
}
