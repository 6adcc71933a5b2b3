import { z } from 'zod';
import { AvatarError } from '../../base/errors.ts';
import { US_PER_S } from '../../base/timeline.ts';
import { CONDITION_NAMES, type ConditionName, type MotionManifest } from '../../media/motion/manifest.ts';
import { MOTION_CHANNELS } from '../../media/motion-space.ts';

/** The one format that this code reads; `models/README.md` defines it. */
export const BUNDLE_FORMAT = 'visavis.motion/2';

export type Precision = 'float32' | 'int8';

/** A file of the bundle: where, and what it must be. */
export interface BundleFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A manifest that has been checked: what the motion stage needs, and the files beside it. */
export interface BundleManifest {
  readonly motion: MotionManifest;
  readonly graphs: Readonly<Record<'encoder' | 'denoiser', Readonly<Record<Precision, BundleFile>>>>;
  readonly vectors: BundleFile;
}

/** Values of each slice and its flag, as `ConditionWriter` writes them. */
const SLICE_LENGTHS: Readonly<Record<ConditionName, number>> = {
  gaze: 3,
  distance: 2,
  emotion: 8,
  arousal: 2,
  audio: 1,
  context: 1,
};

const count = z.int().min(1).max(1_000_000);
const channel = z.enum(MOTION_CHANNELS);
const file = z.object({
  // A name that cannot leave the bundle's folder.
  file: z.string().regex(/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z
    .int()
    .min(1)
    .max(24 * 1024 * 1024),
});
const graph = z.object({ float32: file, int8: file });

const schema = z.object({
  name: z.string().min(1).max(64),
  licence: z.string().min(1),
  features: z.object({
    sampleRateHz: z.literal(16_000),
    windowSamples: count,
    hopSamples: count,
    fftSamples: z.int().min(4).max(65_536),
    melBins: count.max(256),
    lowHz: z.number().min(0),
    highHz: z.number().max(8000),
    floor: z.number().positive(),
  }),
  motion: z.object({
    framesPerSecond: z.int().min(25).max(60),
    framesPerHop: count.max(50),
    lookAheadUs: z.int().min(0).max(US_PER_S),
    contextTokens: count.max(100),
    channels: z.array(channel).min(1),
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
  }),
  encoder: z.object({
    graph: z.literal('encoder'),
    melFramesPerHop: count.max(100),
    stateLength: count,
    featureDims: count.max(4096),
  }),
  denoiser: z.object({
    graph: z.literal('denoiser'),
    condition: z.array(z.object({ name: z.enum(CONDITION_NAMES), offset: z.int().min(0), length: count })),
  }),
  sampler: z.object({
    noiseLevels: z.array(z.number().min(0).max(1)).min(2),
    mouthNoiseScale: z.number().min(0).max(1),
    mouthChannels: z.array(channel),
    guidance: z.partialRecord(z.enum(CONDITION_NAMES), z.number()),
  }),
  graphs: z.object({ encoder: graph, denoiser: graph }),
  vectors: file,
});

/**
 * @param text - the bundle's `manifest.json`.
 * @param name - what messages call it.
 * @throws AvatarError `BUNDLE_FOREIGN` when it is another thing, `BUNDLE_SHAPE_MISMATCH` when its numbers do not fit.
 */
export function parseManifest(text: string, name: string): BundleManifest {
  const refuse = (code: 'BUNDLE_FOREIGN' | 'BUNDLE_SHAPE_MISMATCH', why: string, cause?: unknown): AvatarError =>
    new AvatarError(code, `Cannot read ${name}: ${why}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse('BUNDLE_FOREIGN', 'it is not JSON', cause);
  }
  const format = z.object({ format: z.string() }).safeParse(json).data?.format;
  if (format !== BUNDLE_FORMAT) {
    throw refuse('BUNDLE_FOREIGN', `its format is "${format ?? 'none'}", expected "${BUNDLE_FORMAT}"`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw refuse('BUNDLE_SHAPE_MISMATCH', z.prettifyError(parsed.error).replaceAll('\n', ' '), parsed.error);
  }
  const { graphs, vectors, ...motion } = parsed.data;
  const misfit = misfits(motion)[0];
  if (misfit !== undefined) throw refuse('BUNDLE_SHAPE_MISMATCH', misfit);
  return { motion: plain(motion), graphs, vectors };
}

type Parsed = Omit<z.infer<typeof schema>, 'graphs' | 'vectors'>;

/** Without what only this file reads: the rest is what the motion stage knows and a worker is sent. */
function plain({ encoder, denoiser, ...rest }: Parsed): MotionManifest {
  const { melFramesPerHop, stateLength, featureDims } = encoder;
  return {
    ...rest,
    encoder: { melFramesPerHop, stateLength, featureDims },
    denoiser: { condition: denoiser.condition },
  };
}

/** What each number promises about the others, in words when it is broken. */
function misfits({ features, motion, encoder, denoiser, sampler }: Parsed): string[] {
  const found: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const channels = motion.channels.length;
  expect(new Set(motion.channels).size === channels, 'it names a channel twice');
  for (const statistic of ['mean', 'std'] as const) {
    const length = motion[statistic].length;
    expect(length === channels, `motion.${statistic} has ${length} values, expected ${channels}, one for each channel`);
  }
  const soundUs = (encoder.melFramesPerHop * features.hopSamples * US_PER_S) / features.sampleRateHz;
  const motionUs = (motion.framesPerHop * US_PER_S) / motion.framesPerSecond;
  expect(soundUs === motionUs, `a hop of sound is ${soundUs} µs, expected ${motionUs} µs, a hop of motion`);
  expect((features.fftSamples & (features.fftSamples - 1)) === 0, 'features.fftSamples is no power of two');
  expect(features.windowSamples <= features.fftSamples, 'features.windowSamples is larger than features.fftSamples');
  expect(features.lowHz < features.highHz, 'features.lowHz is not below features.highHz');
  const { noiseLevels } = sampler;
  const falls = noiseLevels.every((level, index) => index === 0 || level < noiseLevels[index - 1]!);
  expect(falls && noiseLevels[0] === 1 && noiseLevels.at(-1) === 0, 'sampler.noiseLevels do not fall from 1 to 0');
  let offset = 0;
  for (const slice of denoiser.condition) {
    const length = SLICE_LENGTHS[slice.name];
    expect(slice.length === length, `condition ${slice.name} has ${slice.length} values, expected ${length}`);
    expect(slice.offset === offset, `condition ${slice.name} starts at ${slice.offset}, expected ${offset}`);
    offset += slice.length;
  }
  const names = denoiser.condition.map(({ name }) => name);
  for (const name of ['audio', 'context'] as const) expect(names.includes(name), `it has no condition ${name}`);
  expect(new Set(names).size === names.length, 'it names a condition twice');
  return found;
}
