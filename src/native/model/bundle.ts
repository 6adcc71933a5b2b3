import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AvatarError } from '../../base/errors.ts';
import type { MotionManifest } from '../../media/motion/manifest.ts';
import { parseManifest, type BundleFile, type BundleManifest, type Precision } from './manifest.ts';

/** A bundle that is whole and what it says it is: its manifest, and its graphs in memory. */
export interface Bundle {
  readonly manifest: MotionManifest;
  readonly encoder: Uint8Array;
  readonly denoiser: Uint8Array;
}

/**
 * Reads a bundle's folder and verifies size and SHA-256 of every file that is used.
 * @throws AvatarError `BUNDLE_INCOMPLETE`, `BUNDLE_DIGEST_MISMATCH`, `BUNDLE_FOREIGN` or `BUNDLE_SHAPE_MISMATCH`.
 */
export async function openBundle(folder: string, precision: Precision): Promise<Bundle> {
  const { motion, graphs } = await readManifest(folder);
  const [encoder, denoiser] = await Promise.all([
    readVerified(folder, graphs.encoder[precision]),
    readVerified(folder, graphs.denoiser[precision]),
  ]);
  return { manifest: motion, encoder, denoiser };
}

/** @throws AvatarError `BUNDLE_INCOMPLETE`, `BUNDLE_FOREIGN` or `BUNDLE_SHAPE_MISMATCH`. */
export async function readManifest(folder: string): Promise<BundleManifest> {
  const path = join(folder, 'manifest.json');
  return parseManifest((await read(path)).toString('utf8'), path);
}

/**
 * @returns the bytes of one of the bundle's files.
 * @throws AvatarError `BUNDLE_INCOMPLETE` when it is missing or truncated, `BUNDLE_DIGEST_MISMATCH` when it differs.
 */
export async function readVerified(folder: string, expected: BundleFile): Promise<Buffer> {
  const path = join(folder, expected.file);
  const bytes = await read(path);
  if (bytes.length !== expected.bytes) {
    throw new AvatarError(
      'BUNDLE_INCOMPLETE',
      `Cannot verify ${path}: it has ${bytes.length} bytes, manifest says ${expected.bytes}`,
    );
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== expected.sha256) {
    throw new AvatarError(
      'BUNDLE_DIGEST_MISMATCH',
      `Cannot verify ${path}: SHA-256 is "${sha256}", manifest says "${expected.sha256}"`,
    );
  }
  return bytes;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AvatarError('BUNDLE_INCOMPLETE', `Cannot read ${path}: a bundle has this file, found none`, { cause });
  }
}
