import { AvatarError } from '../../base/errors.ts';

export const FACE_POINTS = 468;

/** The canonical face of the landmark network's geometry file (Apache-2.0, ships inside `@mediapipe/face_mesh`). */
export interface CanonicalFace {
  /** `[468, 3]` cm: x to the person's left, y up, z forward. */
  readonly positions: Float32Array;
  /** `[898, 3]`; mouth and eyes are filled. */
  readonly triangles: Uint16Array;
  /** `[468]` weights of the rigid fit; most are zero. */
  readonly fitWeights: Float32Array;
}

const FLOATS_PER_VERTEX = 5;

interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * Reads `geometry_pipeline_metadata_landmarks.binarypb`.
 * @throws AvatarError `CODEC_FAILED` when the bytes are not that file.
 */
export function parseCanonicalFace(bytes: Uint8Array): CanonicalFace {
  const vertices: number[] = [];
  const indices: number[] = [];
  const fitWeights = new Float32Array(FACE_POINTS);
  for (const field of fieldsOf(bytes)) {
    if (typeof field.value === 'number') continue;
    if (field.number === 1) readMesh(field.value, vertices, indices);
    if (field.number === 2) readWeight(field.value, fitWeights);
  }
  if (vertices.length !== FACE_POINTS * FLOATS_PER_VERTEX || indices.length === 0 || indices.length % 3 !== 0) {
    throw new AvatarError(
      'CODEC_FAILED',
      `Cannot read the canonical face: found ${vertices.length / FLOATS_PER_VERTEX} vertices, expected ${FACE_POINTS}`,
    );
  }
  const positions = new Float32Array(FACE_POINTS * 3);
  for (let point = 0; point < FACE_POINTS; point++) {
    for (let axis = 0; axis < 3; axis++) {
      positions[point * 3 + axis] = vertices[point * FLOATS_PER_VERTEX + axis]!;
    }
  }
  return { positions, triangles: Uint16Array.from(indices), fitWeights };
}

function readMesh(bytes: Uint8Array, vertices: number[], indices: number[]): void {
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 3) {
      if (typeof value === 'number') vertices.push(value);
      else {
        const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
        for (let at = 0; at + 4 <= value.length; at += 4) vertices.push(view.getFloat32(at, true));
      }
    }
    if (number === 4) {
      if (typeof value === 'number') indices.push(value);
      else {
        const cursor = { at: 0 };
        while (cursor.at < value.length) indices.push(varint(value, cursor));
      }
    }
  }
}

function readWeight(bytes: Uint8Array, fitWeights: Float32Array): void {
  let point = 0;
  let weight = 0;
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value !== 'number') continue;
    if (number === 1) point = value;
    if (number === 2) weight = value;
  }
  if (point < FACE_POINTS) fitWeights[point] = weight;
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const cursor = { at: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  while (cursor.at < bytes.length) {
    const tag = varint(bytes, cursor);
    const number = Math.floor(tag / 8);
    // Protocol Buffers wire types: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
    switch (tag % 8) {
      case 0:
        yield { number, value: varint(bytes, cursor) };
        break;
      case 1:
        cursor.at += 8;
        break;
      case 2: {
        const length = varint(bytes, cursor);
        yield { number, value: bytes.subarray(cursor.at, cursor.at + length) };
        cursor.at += length;
        break;
      }
      case 5:
        if (cursor.at + 4 > bytes.length) return;
        yield { number, value: view.getFloat32(cursor.at, true) };
        cursor.at += 4;
        break;
      default:
        throw new AvatarError('CODEC_FAILED', `Cannot read the canonical face: unknown wire type ${tag % 8}`);
    }
  }
}

function varint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; cursor.at < bytes.length; scale *= 128) {
    const byte = bytes[cursor.at++]!;
    value += (byte & 127) * scale;
    if (byte < 128) break;
  }
  return value;
}
