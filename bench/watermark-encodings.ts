/**
 * What a second encoding leaves of the mark in films that `visavis render` made: encodes each film's first five seconds
 * again with ffmpeg and prints what `visavis detect` scores, with the keys in `VISAVIS_DATA_DIR`.
 *
 *   node --import tsx bench/watermark-encodings.ts FILM...
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WATERMARK_THRESHOLD } from '../src/media/render/watermark-detector.ts';

const COMMAND = resolve(import.meta.dirname, '..', 'src', 'server', 'cli', 'main.ts');
const SMALL = ['-vf', 'scale=360:360'];
const ENCODINGS = {
  'as it was made': ['film.mkv', '-c', 'copy'],
  'VP8, 300 kbit/s, 360 px': ['film.webm', '-c:v', 'libvpx', '-b:v', '300k', ...SMALL],
  'VP9, 300 kbit/s, 360 px': ['film.webm', '-c:v', 'libvpx-vp9', '-b:v', '300k', '-deadline', 'realtime', ...SMALL],
  'H.264, CRF 23': ['film.mp4', '-c:v', 'libx264', '-crf', '23'],
  'H.264, CRF 28, 360 px': ['film.mp4', '-c:v', 'libx264', '-crf', '28', ...SMALL],
} as const;

const folder = mkdtempSync(join(tmpdir(), 'visavis-encodings-'));
try {
  console.log(`| encoding | score of each film (a mark is above ${WATERMARK_THRESHOLD}) |\n|---|---|`);
  for (const [name, [file, ...options]] of Object.entries(ENCODINGS)) {
    const scores = process.argv.slice(2).map((film) => {
      const out = join(folder, file);
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-t', '5', '-i', film, '-an', ...options, out]);
      const found = execFileSync('node', ['--import', 'tsx', COMMAND, 'detect', out, '--json'], { encoding: 'utf8' });
      return (JSON.parse(found) as { readonly score: number }).score.toFixed(1);
    });
    console.log(`| ${name} | ${scores.join(', ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
