import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { AvatarError } from '../../base/errors.ts';

const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  '.jpg': ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', '-f', 'image2'],
  '.jpeg': ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', '-f', 'image2'],
  '.png': ['-c:v', 'png', '-f', 'image2'],
  '.webp': ['-c:v', 'libwebp', '-q:v', '85', '-f', 'webp'],
};

/** Endings of names that a thumbnail may have. */
export const THUMBNAIL_ENDINGS = Object.keys(ENCODERS);

/**
 * Takes one picture out of a film.
 * @param ending - of the picture's name in the end; @param to - where it is written now, replaced.
 * @throws AvatarError `CODEC_FAILED`.
 */
export async function thumbnailOf(film: string, atS: number, to: string, ending = extname(to)): Promise<void> {
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'],
      ...['-ss', atS.toFixed(3), '-i', `file:${film}`, '-frames:v', '1', '-update', '1'],
      ...(ENCODERS[ending.toLowerCase()] ?? []),
      `file:${to}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text.slice(0, 2000)));
  const [code] = (await once(child, 'close').catch(() => [1])) as [number | null];
  if (code === 0) return;
  const reason = log.trim().split('\n').at(-1) ?? 'ffmpeg gave no reason';
  throw new AvatarError('CODEC_FAILED', `Cannot make the thumbnail: ${reason}.`);
}
