import { existsSync } from 'node:fs';
import { AvatarError } from '../../base/errors.ts';
import { WATERMARK_THRESHOLD, type WatermarkVerdict } from '../../media/render/watermark-detector.ts';
import { cbAt, lumaAt } from '../../media/render/watermark.ts';
import { WatermarkSearch } from '../../media/render/watermark-search.ts';
import { readVideoFrames } from '../../native/codec/video-frames.ts';
import { openOperatorKeys, operatorKeysPath, type OperatorKeys } from '../operator-keys.ts';
import { configOf, type Settings } from './settings.ts';
import { checkStatement, readPublicKey, wordsOf } from './statement.ts';

export interface DetectFlags {
  readonly key?: string;
  readonly json?: boolean;
}

/** The mark is laid out for the size of the picture, and found at any: this is that of a call. */
const SIDE_PX = 512;
const FRAMES_PER_SECOND = 25;
/** Enough for certainty after VP8 at 300 kbit/s; more would only take longer. */
const LIMIT_S = 20;

/**
 * Says whether pictures carry this operator's mark, and what the film's signed statement is worth.
 * @throws AvatarError `MOTION_UNREADABLE` or `CONFIG_INVALID`.
 */
export async function detect(path: string, flags: DetectFlags, settings: Settings): Promise<void> {
  const keysPath = operatorKeysPath(configOf(settings).dataDir);
  const keys = existsSync(keysPath) ? await openOperatorKeys(keysPath) : undefined;
  const publicKey = flags.key === undefined ? keys?.provenanceKey : await readPublicKey(flags.key);
  if (publicKey === undefined) {
    const message = `Cannot look for the mark: there is no key in ${keysPath}. Set VISAVIS_DATA_DIR to the folder of the operator who made the pictures, or give their public key with --key.`;
    throw new AvatarError('CONFIG_INVALID', message);
  }
  if (!existsSync(path)) throw new AvatarError('MOTION_UNREADABLE', `Cannot read ${path}: there is no such file.`);
  const statement = await checkStatement(path, publicKey);
  const mark = keys === undefined ? undefined : await findMark(path, keys, settings.signal);
  if (flags.json === true) {
    const found = { file: path, ...mark, threshold: WATERMARK_THRESHOLD, statement };
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  if (mark !== undefined) {
    process.stdout.write(`${path} ${wordsOfMark(mark)}\n`);
  }
  process.stdout.write(`${path} ${wordsOf(statement)}\n`);
}

function wordsOfMark({ marked, score, tooShort }: WatermarkVerdict): string {
  if (tooShort) return 'is too short to find the mark in: the mark is spread over time, and takes five seconds of film';
  const what = marked ? "carries this operator's mark: generated" : "carries no mark of this operator's key";
  return `${what} (score ${score.toFixed(1)}, a mark is above ${WATERMARK_THRESHOLD})`;
}

async function findMark(
  path: string,
  { watermarkKey }: Pick<OperatorKeys, 'watermarkKey'>,
  signal: AbortSignal,
): Promise<WatermarkVerdict> {
  const search = new WatermarkSearch(watermarkKey, FRAMES_PER_SECOND, SIDE_PX, SIDE_PX);
  const luma = new Uint8Array(SIDE_PX * SIDE_PX);
  const cb = new Uint8Array(luma.length);
  const options = { framesPerSecond: FRAMES_PER_SECOND, sidePx: SIDE_PX, limitS: LIMIT_S, signal };
  for await (const { rgba } of readVideoFrames(path, options)) {
    for (let pixel = 0; pixel < luma.length; pixel++) {
      luma[pixel] = lumaAt(rgba, pixel);
      cb[pixel] = cbAt(rgba, pixel);
    }
    search.push({ luma, cb });
  }
  return search.verdict();
}
