/**
 * Enrols the portraits that come with the program into `build/portraits`, each with a few seconds of it moving: once, at
 * set-up, so that no server and no test has to. What is there and current is left alone.
 *
 *   node dist/src/server/prepare-portraits.js
 */
import { join } from 'node:path';
import type { MotionFrame } from '../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../base/timeline.ts';
import { LIVE_CALL_SCOPE } from '../media/portrait/consent.ts';
import { makeMovingPicture } from '../native/codec/image.ts';
import { MeshCodec } from '../native/raster/mesh-codec.ts';
import { ENROLMENT_VERSION, PortraitEnroller } from '../native/worker/enrol-portrait.ts';
import { InferenceWorker } from '../native/worker/inference-worker.ts';
import { readBuiltInPortraits } from './built-in-portraits.ts';
import { Animation } from './cli/animation.ts';
import { packageFolder } from './package-folder.ts';
import { sha256Of } from './portrait-files.ts';
import { readPrepared, writePrepared } from './prepared-portraits.ts';

const SAMPLE_RATE_HZ = 16_000;
const FRAMES_PER_SECOND = 25;
/** The first second is the motion's own beginning. */
const SKIPPED_S = 1;
const SHOWN_S = 3;
/** Every second picture is enough for something so small. */
const EVERY = 2;
const DRAWN_PX = 256;
const PREVIEW_PX = 160;
const SEED = 7;

const root = packageFolder();
const folder = join(root, 'build', 'portraits');
let enroller: PortraitEnroller | undefined;
let motion: MotionFrame[] | undefined;
for (const { id, consent, image } of await readBuiltInPortraits(join(root, 'models', 'portraits'))) {
  const from = { version: ENROLMENT_VERSION, sha256: sha256Of(image) };
  const known = await readPrepared(folder, id, from);
  if (known?.consent.text === consent) continue;
  enroller ??= await PortraitEnroller.open();
  motion ??= await listeningMotion();
  const record = { text: consent, scope: LIVE_CALL_SCOPE, time: new Date().toISOString() };
  const enrolled = await enroller.enrol(image, record);
  await writePrepared(folder, id, from, { consent: record, enrolled }, await preview(enrolled.avatar, motion));
}
await enroller?.close();

/** @returns what a person does who listens, and smiles after a second. */
async function listeningMotion(): Promise<MotionFrame[]> {
  const bundle = join(root, 'models', 'visavis-motion-1');
  const engine = await InferenceWorker.open({ folder: bundle, precision: 'int8', gatherMs: 0 });
  const smile = (second: number, strength: number) =>
    ({ at: mediaTimeUs(second * US_PER_S), message: { type: 'emotion', name: 'happy', strength } }) as const;
  try {
    const animation = new Animation({
      engine,
      seed: SEED,
      framesPerSecond: FRAMES_PER_SECOND,
      controls: [smile(SKIPPED_S + 1, 0.6), smile(SKIPPED_S + 2.2, 0)],
      sampleRateHz: SAMPLE_RATE_HZ,
    });
    const frames = await animation.push(new Float32Array((SKIPPED_S + SHOWN_S) * SAMPLE_RATE_HZ));
    return [...frames, ...(await animation.flush())].slice(SKIPPED_S * FRAMES_PER_SECOND);
  } finally {
    await engine.close();
  }
}

async function preview(avatar: Uint8Array, frames: readonly MotionFrame[]): Promise<Uint8Array> {
  const decoder = await new MeshCodec().open(avatar, {
    sizePx: DRAWN_PX,
    background: 'portrait',
    badge: true,
    seed: SEED,
  });
  const pictures = frames
    .filter((_, index) => index % EVERY === 0)
    .map(({ motion: pose, timeUs }) => {
      const rgba = new Uint8Array(DRAWN_PX * DRAWN_PX * 4);
      decoder.drawRgba(pose, timeUs, rgba);
      return { widthPx: DRAWN_PX, heightPx: DRAWN_PX, rgba };
    });
  decoder.close();
  return makeMovingPicture(pictures, PREVIEW_PX, (1000 * EVERY) / FRAMES_PER_SECOND);
}
