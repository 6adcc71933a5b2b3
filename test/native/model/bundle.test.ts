import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBundle, readManifest } from '../../../src/native/model/bundle.ts';
import { parseManifest } from '../../../src/native/model/manifest.ts';
import { OnnxMotionEngine } from '../../../src/native/model/motion-engine.ts';
import { algorithmicLatencyUs, hopUs } from '../../../src/media/motion/manifest.ts';
import { BUNDLE_FOLDER } from './golden-vectors.ts';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'visavis-bundle-')), 'bundle');
  await cp(BUNDLE_FOLDER, folder, { recursive: true });
});

afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

interface LooseManifest {
  [key: string]: unknown;
  graphs: Record<string, Record<string, { file: string; sha256: string; bytes: number }>>;
}

async function edit(change: (manifest: LooseManifest) => void): Promise<void> {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as LooseManifest;
  change(manifest);
  await writeFile(path, JSON.stringify(manifest));
}

const open = (): Promise<OnnxMotionEngine> => OnnxMotionEngine.open({ folder, precision: 'int8' });

describe('a bundle is refused', () => {
  test('when it is not there, or has no graph', async () => {
    await expect(readManifest(join(folder, 'none'))).rejects.toMatchObject({ code: 'BUNDLE_INCOMPLETE' });
    await rm(join(folder, 'encoder.int8.onnx'));
    await expect(open()).rejects.toMatchObject({ code: 'BUNDLE_INCOMPLETE' });
  });

  test('when a file is truncated, with the bytes found and expected', async () => {
    const { graphs } = await readManifest(folder);
    await truncate(join(folder, 'denoiser.int8.onnx'), 1000);
    await expect(open()).rejects.toMatchObject({
      code: 'BUNDLE_INCOMPLETE',
      message: expect.stringContaining(`1000 bytes, manifest says ${graphs.denoiser.int8.bytes}`) as string,
    });
  });

  test('when one byte differs, with the digests found and expected', async () => {
    const path = join(folder, 'denoiser.int8.onnx');
    const bytes = await readFile(path);
    bytes[500] = (bytes[500] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const found = createHash('sha256').update(bytes).digest('hex');
    await expect(open()).rejects.toMatchObject({
      code: 'BUNDLE_DIGEST_MISMATCH',
      message: expect.stringContaining(`SHA-256 is "${found}", manifest says`) as string,
    });
  });

  test('when a graph is something else, though the digest fits', async () => {
    const text = 'a text that is no graph';
    await writeFile(join(folder, 'encoder.int8.onnx'), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await edit(({ graphs }) => {
      Object.assign(graphs['encoder']?.['int8'] ?? {}, { sha256, bytes: text.length });
    });
    await expect(open()).rejects.toMatchObject({ code: 'BUNDLE_FOREIGN' });
  });

  test('when the graphs are swapped, with the tensors found and expected', async () => {
    await edit(({ graphs }) => {
      [graphs['encoder'], graphs['denoiser']] = [graphs['denoiser'] ?? {}, graphs['encoder'] ?? {}];
    });
    await expect(open()).rejects.toMatchObject({
      code: 'BUNDLE_SHAPE_MISMATCH',
      message: expect.stringMatching(/found .*noisy.* expected .*mel/) as string,
    });
  });

  test('when the manifest says other sizes than the graph has', async () => {
    await edit((manifest) => Object.assign(manifest['encoder'] as object, { featureDims: 17 }));
    await expect(open()).rejects.toMatchObject({ code: 'BUNDLE_SHAPE_MISMATCH' });
  });
});

describe('a manifest is refused', () => {
  const refusals: readonly (readonly [why: string, section: string | undefined, change: object, message: RegExp])[] = [
    [
      'of another format',
      undefined,
      { format: 'visavis.motion/1' },
      /"visavis\.motion\/1", expected "visavis\.motion\/2"/,
    ],
    ['of no format', undefined, { format: undefined }, /"none"/],
    ['with a rate that sound does not have', 'features', { sampleRateHz: 48_000 }, /sampleRateHz/],
    ['with too few statistics', 'motion', { mean: [0] }, /motion\.mean has 1 values, expected \d+/],
    ['with a spread of zero', 'motion', { std: [0] }, /std/],
    ['with a channel that no face has', 'motion', { channels: ['earWiggle'] }, /channels/],
    ['whose hop of sound is not its hop of motion', 'encoder', { melFramesPerHop: 5 }, /50000 µs, expected 40000 µs/],
    ['whose noise does not end', 'sampler', { noiseLevels: [1, 0.5] }, /noiseLevels/],
    ['whose noise rises', 'sampler', { noiseLevels: [1, 0.2, 0.5, 0] }, /noiseLevels/],
    ['with a condition of another length', 'denoiser', { condition: [{ name: 'gaze', offset: 0, length: 4 }] }, /gaze/],
  ];

  test.each(refusals)('%s', async (_, section, change, message) => {
    await edit((manifest) => Object.assign(section === undefined ? manifest : (manifest[section] as object), change));
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: expect.stringMatching(/^BUNDLE_(?:FOREIGN|SHAPE_MISMATCH)$/) as string,
      message: expect.stringMatching(message) as string,
    });
  });

  test('when it names a file outside the bundle', async () => {
    for (const file of ['../secret', '/etc/passwd', 'a/../../b', '.hidden']) {
      await edit(({ graphs }) => Object.assign(graphs['encoder']?.['int8'] ?? {}, { file }));
      await expect(openBundle(folder, 'int8')).rejects.toMatchObject({ code: 'BUNDLE_SHAPE_MISMATCH' });
    }
  });

  test('when it is not JSON', () => {
    expect(() => parseManifest('{', 'a manifest')).toThrow('Cannot read a manifest: it is not JSON');
  });
});

test('sound becomes motion within 130 ms less what computing takes', async () => {
  const { motion } = await readManifest(BUNDLE_FOLDER);
  expect(motion.motion.lookAheadUs).toBeLessThanOrEqual(100_000);
  expect(algorithmicLatencyUs(motion)).toBe(hopUs(motion) + motion.motion.lookAheadUs);
  expect(algorithmicLatencyUs(motion)).toBeLessThanOrEqual(120_000);
});
