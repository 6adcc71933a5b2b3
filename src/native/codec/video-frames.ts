import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Picture } from '../../media/portrait/picture.ts';

export interface VideoFramesOptions {
  /** Frames are dropped or doubled to this rate. */
  readonly framesPerSecond: number;
  /** Frames are scaled to this many pixels a side. */
  readonly sidePx: number;
  /** What happens where the video is not square: bars are added (the default), or the middle square is taken. */
  readonly fit?: 'bars' | 'middle';
  /** Stop after this long. */
  readonly limitS?: number;
  readonly signal?: AbortSignal;
}

/**
 * Decodes the pictures of a video file with ffmpeg, one at a time, as fast as they are taken.
 * @param path - a local file.
 * @throws AvatarError `MOTION_UNREADABLE` when ffmpeg is missing or finds no picture in the file.
 */
export async function* readVideoFrames(path: string, options: VideoFramesOptions): AsyncGenerator<Picture, void> {
  const { framesPerSecond, limitS, sidePx, fit = 'bars', signal } = options;
  const side = `${sidePx}:${sidePx}`;
  const square = {
    bars: `scale=${side}:force_original_aspect_ratio=decrease,pad=${side}:(ow-iw)/2:(oh-ih)/2`,
    middle: `crop='min(iw,ih)':'min(iw,ih)',scale=${side}`,
  };
  // Pictures that begin late keep their place beside the sound.
  const filter = `fps=${framesPerSecond}:start_time=0,${square[fit]}`;
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-threads', '1'],
      // A media file may name other files and hosts: none of them is anybody's business.
      ...['-protocol_whitelist', 'file,pipe', '-i', `file:${path}`],
      ...(limitS === undefined ? [] : ['-t', String(limitS)]),
      ...['-map', '0:v:0', '-vf', filter, '-pix_fmt', 'rgba', '-f', 'rawvideo', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], killSignal: 'SIGKILL', ...(signal === undefined ? {} : { signal }) },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.on('error', (thrown) => {
    complaint = messageOf(thrown);
  });
  const exit = once(child, 'close').catch(() => [1]);
  let frame = new Uint8Array(sidePx * sidePx * 4);
  let filled = 0;
  let count = 0;
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      for (let from = 0; from < bytes.length;) {
        const taken = Math.min(frame.length - filled, bytes.length - from);
        frame.set(bytes.subarray(from, from + taken), filled);
        from += taken;
        filled += taken;
        if (filled < frame.length) continue;
        count++;
        yield { widthPx: sidePx, heightPx: sidePx, rgba: frame };
        frame = new Uint8Array(frame.length);
        filled = 0;
      }
    }
    await exit;
    signal?.throwIfAborted();
    if (count === 0) {
      throw new AvatarError('MOTION_UNREADABLE', `Cannot read ${path}: no pictures in it (${complaint.trim()})`);
    }
  } finally {
    child.kill('SIGKILL');
  }
}
