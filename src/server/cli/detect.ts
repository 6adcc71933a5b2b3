import { existsSync } from 'node:fs';
import { AvatarError } from '../../base/errors.ts';
import { WATERMARK_THRESHOLD, WatermarkDetector } from '../../media/render/watermark-detector.ts';
import { readVideoFrames } from '../../native/codec/video-frames.ts';
import { openOperatorKeys, operatorKeysPath } from '../operator-keys.ts';
import type { DetectFlags } from './detect-command.ts';
import { configOf, type Settings } from './settings.ts';

/** The mark is laid out for the size of the picture, and found at any: this is that of a call. */
const SIDE_PX = 512;
const FRAMES_PER_SECOND = 25;
/** Enough for certainty after VP8 at 300 kbit/s; more would only take longer. */
const LIMIT_S = 20;

/** Says whether pictures carry this operator's mark. @throws AvatarError `MOTION_UNREADABLE` or `CONFIG_INVALID`. */
export async function detect(path: string, flags: DetectFlags, settings: Settings): Promise<void> {
  const keysPath = operatorKeysPath(configOf(settings).dataDir);
  if (!existsSync(keysPath)) {
    const message = `Cannot look for the mark: there is no key in ${keysPath}. Set VISAVIS_DATA_DIR to the folder of the operator who made the pictures.`;
    throw new AvatarError('CONFIG_INVALID', message);
  }
  if (!existsSync(path)) throw new AvatarError('MOTION_UNREADABLE', `Cannot read ${path}: there is no such file.`);
  const { watermarkKey } = await openOperatorKeys(keysPath);
  const detector = new WatermarkDetector(watermarkKey);
  const luma = new Uint8Array(SIDE_PX * SIDE_PX);
  const options = { framesPerSecond: FRAMES_PER_SECOND, sidePx: SIDE_PX, limitS: LIMIT_S, signal: settings.signal };
  for await (const { rgba } of readVideoFrames(path, options)) {
    for (let pixel = 0; pixel < luma.length; pixel++) {
      const at = 4 * pixel;
      luma[pixel] = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
    }
    detector.push(luma, SIDE_PX, SIDE_PX);
  }
  const verdict = detector.verdict();
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ file: path, ...verdict, threshold: WATERMARK_THRESHOLD })}\n`);
    return;
  }
  const what = verdict.marked ? "carries this operator's mark: generated" : "carries no mark of this operator's key";
  process.stdout.write(`${path} ${what} (score ${verdict.score.toFixed(1)}, a mark is above ${WATERMARK_THRESHOLD})\n`);
}
