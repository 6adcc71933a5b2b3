import { resolve } from 'node:path';
import { z } from 'zod';
import { readManifest, readVerified } from '../../../src/native/model/bundle.ts';

/** The bundle that the project ships. */
export const BUNDLE_FOLDER = resolve(import.meta.dirname, '../../../models/visavis-motion-1');

const rows = z.array(z.array(z.number()));
const cube = z.array(rows);

const schema = z.object({
  sound: z.string(),
  mel: rows,
  features: rows,
  denoiser: z.object({
    context: cube,
    noisy: cube,
    features: cube,
    condition: rows,
    noise_level: z.array(z.number()),
    clean: cube,
  }),
  condition: z.array(z.number()),
  noise: rows,
  motion: rows,
});

export interface GoldenVectors extends Omit<z.infer<typeof schema>, 'sound'> {
  readonly sound: Float32Array;
}

/** @returns what training computed, stage by stage, for one short sound. */
export async function readGolden(): Promise<GoldenVectors> {
  const { vectors } = await readManifest(BUNDLE_FOLDER);
  const json: unknown = JSON.parse((await readVerified(BUNDLE_FOLDER, vectors)).toString('utf8'));
  const { sound, ...rest } = schema.parse(json);
  const bytes = Uint8Array.from(Buffer.from(sound, 'base64'));
  return { ...rest, sound: new Float32Array(bytes.buffer) };
}

/** @returns the largest difference between two lists of the same length, NaN if they are not. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  let largest = 0;
  for (let index = 0; index < a.length; index++) largest = Math.max(largest, Math.abs(a[index]! - b[index]!));
  return largest;
}
