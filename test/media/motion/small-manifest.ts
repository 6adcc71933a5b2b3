import type { MotionManifest } from '../../../src/media/motion/manifest.ts';

/** A manifest as bundles have it, small enough to compute by hand: hops of 40 ms with two frames of four channels. */
export const SMALL_MANIFEST: MotionManifest = {
  name: 'small',
  licence: 'Apache-2.0',
  features: {
    sampleRateHz: 16_000,
    windowSamples: 400,
    hopSamples: 160,
    fftSamples: 512,
    melBins: 8,
    lowHz: 20,
    highHz: 7600,
    floor: 1e-7,
  },
  motion: {
    framesPerSecond: 50,
    framesPerHop: 2,
    lookAheadUs: 80_000,
    contextTokens: 3,
    channels: ['jawOpen', 'eyeBlinkLeft', 'headYaw', 'headDistance'],
    mean: [0.2, 0.1, 0, 1],
    std: [0.1, 0.1, 4, 0.05],
  },
  encoder: { melFramesPerHop: 4, stateLength: 5, featureDims: 6 },
  denoiser: {
    condition: [
      { name: 'gaze', offset: 0, length: 3 },
      { name: 'distance', offset: 3, length: 2 },
      { name: 'emotion', offset: 5, length: 8 },
      { name: 'arousal', offset: 13, length: 2 },
      { name: 'audio', offset: 15, length: 1 },
      { name: 'context', offset: 16, length: 1 },
    ],
  },
  sampler: {
    noiseLevels: [1, 0.5, 0],
    mouthNoiseScale: 0.25,
    mouthChannels: ['jawOpen'],
    guidance: { audio: 0, gaze: 0 },
  },
};

export const SMALL_TOKEN_DIMS = 8;
