import { createHash } from 'node:crypto';

/** So much of a sound's beginning decides; a pipe need not have brought more before the first frame. */
const OPENING_S = 4;

/** A sound whose beginning has been heard already. */
export interface OpenedSound {
  /** Decided by the first seconds of the sound. */
  readonly digest: Uint8Array;
  /** All of the sound, from its beginning; may be asked for once. */
  readonly samples: AsyncGenerator<Float32Array, void>;
}

/** Hears the first seconds of a sound. How it is cut does not matter. @throws what `samples` throws. */
export async function openSound(
  samples: AsyncGenerator<Float32Array, void>,
  sampleRateHz: number,
): Promise<OpenedSound> {
  const hash = createHash('sha256');
  const pieces: Float32Array[] = [];
  let left = OPENING_S * sampleRateHz;
  while (left > 0) {
    const { value, done } = await samples.next();
    if (done === true) break;
    // Kept beyond the next piece, for which a decoder may use the same memory.
    const piece = value.slice();
    pieces.push(piece);
    const { buffer, byteOffset, byteLength } = piece.subarray(0, left);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    left -= piece.length;
  }
  return { digest: hash.digest(), samples: fromBeginning(pieces, samples) };
}

/**
 * A seed that differs from film to film, so that no two share their blinks and glances, and that the same inputs give again.
 * @returns 0..2³²-1.
 */
export function seedFrom(...parts: readonly (Uint8Array | string)[]): number {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest().readUInt32LE();
}

async function* fromBeginning(
  pieces: readonly Float32Array[],
  rest: AsyncGenerator<Float32Array, void>,
): AsyncGenerator<Float32Array, void> {
  yield* pieces;
  yield* rest;
}
