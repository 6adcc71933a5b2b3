import { extname } from 'node:path';
import type { MotionFrame } from '../../base/media.ts';
import { US_PER_S } from '../../base/timeline.ts';
import { MOTION_INDEX } from '../../media/motion-space.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { THUMBNAIL_ENDINGS, thumbnailOf } from '../../native/codec/thumbnail.ts';
import { UsageError } from './command-failure.ts';
import { checkOutput, STANDARD_STREAM } from './output-path.ts';

/** The first pictures of a film decide; before the first of them the face may still be coming alive. */
const FROM_US = 0.3 * US_PER_S;
const UNTIL_US = 5 * US_PER_S;
/** An open mouth is half as unwelcome as closed eyes. */
const MOUTH_WEIGHT = 0.5;

/** Finds the moment of a film that shows the face well: eyes open, mouth nearly closed. */
export class Poster {
  #bestUs = 0;
  #leastFlaw = Infinity;

  consider({ timeUs, motion }: MotionFrame): void {
    if (timeUs > UNTIL_US) return;
    const { eyeBlinkLeft, eyeBlinkRight, jawOpen } = MOTION_INDEX;
    const early = timeUs < FROM_US ? 2 : 0;
    const flaw = motion[eyeBlinkLeft]! + motion[eyeBlinkRight]! + MOUTH_WEIGHT * motion[jawOpen]! + early;
    if (flaw >= this.#leastFlaw) return;
    this.#leastFlaw = flaw;
    this.#bestUs = timeUs;
  }

  /** @param film - finished. @throws AvatarError `CODEC_FAILED` or `OUTPUT_…`. */
  async write(film: string, path: string, replace: boolean): Promise<void> {
    const file = OutputFile.open(path, { replace });
    try {
      await thumbnailOf(film, this.#bestUs / US_PER_S, file.temporaryPath, extname(path));
      file.commit();
    } finally {
      file.close();
    }
  }
}

/** @throws UsageError or AvatarError `OUTPUT_EXISTS` when there can be no thumbnail of that name. */
export function checkThumbnail(
  path: string,
  film: string | undefined,
  inputs: readonly (string | undefined)[],
  force: boolean,
): void {
  if (!THUMBNAIL_ENDINGS.includes(extname(path).toLowerCase())) {
    throw new UsageError(`--thumbnail ${path}: give a name that ends in ${THUMBNAIL_ENDINGS.join(', ')}.`);
  }
  if (film === undefined || film === STANDARD_STREAM)
    throw new UsageError('--thumbnail needs a film: name one with --out.');
  checkOutput(path, { inputs, force });
}
